// SPDX-License-Identifier: Apache-2.0

import Glibc
import ProbeConfig
import Testing

/// A file below `Fixtures`, and the text beside it that the diagnostics must equal.
struct Fixture: Sendable, CustomTestStringConvertible {
    /// The folder below `Fixtures`: `valid`, `invalid`, `valid-main`, `invalid-main`.
    let folder: String
    /// The file's name without its ending.
    let name: String

    var testDescription: String { "\(folder)/\(name)" }

    /// The file as the reader takes it, with a name that says nothing about this machine.
    var source: ConfigurationSource {
        get throws {
            ConfigurationSource(
                path: folder.hasSuffix("main") ? "bellwether.yaml" : "probes.d/\(name).yaml",
                bytes: try Self.bytes(of: "\(Self.root)/\(folder)/\(name).yaml")
            )
        }
    }

    /// The golden text.
    ///
    /// With `UPDATE_GOLDEN` in the environment, it is `actual`, which is written first.
    func expected(actual: String) throws -> String { try golden(actual: actual, ending: ".expected") }

    /// The golden text in the file with this ending.
    func golden(actual: String, ending: String) throws -> String {
        let path = "\(Self.root)/\(folder)/\(name)\(ending)"
        if getenv("UPDATE_GOLDEN") != nil { try Self.write(actual, to: path) }
        return String(decoding: try Self.bytes(of: path), as: UTF8.self)
    }

    /// All fixtures of `folder`, by name.
    static func all(in folder: String) -> [Fixture] {
        names(in: folder, ending: ".yaml").map { Fixture(folder: folder, name: $0) }
    }

    /// The names with this ending in `folder`, without it, sorted.
    static func names(in folder: String, ending: String) -> [String] {
        guard let directory = opendir("\(root)/\(folder)") else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(ending) { names.append(String(name.dropLast(ending.count))) }
        }
        return names.sorted()
    }

    private static let root =
        String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex)) + "/Fixtures"

    private struct FileProblem: Error {
        let path: String
        let code: Int32
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw FileProblem(path: path, code: errno) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
        }
    }

    private static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw FileProblem(path: path, code: errno) }
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw FileProblem(path: path, code: errno) }
    }
}
