// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A folder for one test, removed with everything in it when the test is over.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/resilience-file-store-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress, let made = mkdtemp(base) else { preconditionFailure("errno \(errno)") }
            return String(cString: made)
        }
    }

    deinit {
        chmod(path, 0o700)
        for name in names { remove(path + "/" + name) }
        rmdir(path)
    }

    /// The path of the file under test.
    var file: String { path + "/breakers" }

    /// The names in the folder, sorted.
    var names: [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// The bytes of a file; nil when it cannot be opened.
    func bytes(of name: String = "breakers") -> [UInt8]? {
        guard let stream = fopen(path + "/" + name, "r") else { return nil }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        while case let byte = getc(stream), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return bytes
    }

    /// Makes a file, or replaces it.
    func put(_ bytes: [UInt8], as name: String = "breakers") {
        guard let stream = fopen(path + "/" + name, "w") else { preconditionFailure("errno \(errno)") }
        defer { fclose(stream) }
        fwrite(bytes, 1, bytes.count, stream)
    }
}
