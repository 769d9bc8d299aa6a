// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A directory that goes, with all that is in it, when the value does.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/bellwether-state-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { preconditionFailure("no directory: errno \(errno)") }
        path = String(cString: made)
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// What lies in it, sorted.
    var names: [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func read(_ name: String) -> [UInt8] {
        let descriptor = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
        let count = pread(descriptor, &bytes, bytes.count, 0)
        precondition(count == bytes.count, "\(count) of \(bytes.count) bytes of \(name) were read")
        return bytes
    }

    func write(_ bytes: [UInt8], to name: String) {
        let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let count = Glibc.write(descriptor, bytes, bytes.count)
        precondition(count == bytes.count, "\(count) of \(bytes.count) bytes of \(name) were written")
        close(descriptor)
    }

    func mode(of name: String) -> mode_t {
        var status = stat()
        precondition(lstat(name.isEmpty ? path : "\(path)/\(name)", &status) == 0, "no \(name): errno \(errno)")
        return status.st_mode & 0o7777
    }
}
