// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A folder of its own for one test, removed with everything in it at the end.
final class TemporaryFolder {
    let path: String

    init() {
        var template = Array("/tmp/bellwether-test-XXXXXX".utf8CString)
        // mkdtemp fills in the X's of the template that it is given.
        let made = mkdtemp(&template) != nil
        precondition(made, "no temporary folder: errno \(errno)")
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Self.remove(path)
    }

    /// Writes a file, its folders included, and gives its path.
    @discardableResult
    func write(_ text: String, to name: String, mode: mode_t = 0o644) -> String {
        write(bytes: Array(text.utf8), to: name, mode: mode)
    }

    /// Writes a file, its folders included, and gives its path.
    @discardableResult
    func write(bytes: [UInt8], to name: String, mode: mode_t = 0o644) -> String {
        let file = path + "/" + name
        var folder = path
        for part in name.split(separator: "/").dropLast() {
            folder += "/" + part
            mkdir(folder, 0o755)
        }
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, mode)
        precondition(descriptor >= 0, "cannot write \(file): errno \(errno)")
        defer { close(descriptor) }
        let written = Glibc.write(descriptor, bytes, bytes.count)
        precondition(written == bytes.count, "cannot write \(file): errno \(errno)")
        return file
    }

    /// The contents of a file; empty when there is none.
    static func read(_ path: String) -> String {
        String(decoding: bytes(of: path), as: UTF8.self)
    }

    /// The contents of a file; empty when there is none.
    static func bytes(of path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = Glibc.read(descriptor, &buffer, buffer.count), count > 0 {
            bytes += buffer.prefix(count)
        }
        return bytes
    }

    /// The names in a folder, in no order; none when there is no such folder.
    static func entries(of path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func remove(_ path: String) {
        for name in entries(of: path) {
            var status = stat()
            guard lstat(path + "/" + name, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR { remove(path + "/" + name) } else { unlink(path + "/" + name) }
        }
        rmdir(path)
    }
}
