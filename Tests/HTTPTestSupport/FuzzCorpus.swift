// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The inputs that the fuzzer has kept in the repository.
package enum FuzzCorpus {
    /// A file of the corpus.
    package struct Input: Sendable {
        package let name: String
        package let bytes: [UInt8]
    }

    /// The inputs of one target, in the order of their names.
    package static func inputs(of target: String) -> [Input] {
        let repository = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        let folder = "\(repository)/Tests/FuzzTests/Corpus/\(target)"
        return names(in: folder).sorted().map { Input(name: $0, bytes: bytes(of: "\(folder)/\($0)")) }
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private static func bytes(of path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&block, 1, block.count, file), count > 0 { bytes += block[..<count] }
        return bytes
    }
}
