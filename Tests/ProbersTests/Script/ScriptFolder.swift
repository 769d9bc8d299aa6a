// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A temporary folder of one test, for scripts and what they write; removed with the value's last use.
final class ScriptFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/bellwether-script-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FolderError(code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// Writes an executable file and gives its path; `DIR` in the text stands for the folder.
    func script(
        _ text: String,
        named name: String = "check",
        interpreter: String = "/bin/sh",
        mode: mode_t = 0o755
    ) throws -> String {
        let body = text.split(separator: "DIR", omittingEmptySubsequences: false).joined(separator: path)
        return try write(name, interpreter.isEmpty ? body : "#!\(interpreter)\n\(body)\n", mode: mode)
    }

    /// Writes a file and gives its path.
    func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws -> String {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FolderError(code: errno) }
        let bytes = Array(text.utf8)
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fchmod(descriptor, mode) == 0
        close(descriptor)
        guard isWritten else { throw FolderError(code: errno) }
        try waitUntilUnwritten(file)
        return file
    }

    /// Waits until nobody can write to the file any more, because until then executing it fails with ETXTBSY.
    ///
    /// A process that another test is just starting may hold a copy of the descriptor that wrote it. The kernel gives a read
    /// lease (F_SETLEASE) only when there is no such copy.
    private func waitUntilUnwritten(_ file: String) throws {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FolderError(code: errno) }
        defer { close(descriptor) }
        let setLease: CInt = 1_024
        while fcntl(descriptor, setLease, F_RDLCK) != 0 {
            guard errno == EAGAIN else { throw FolderError(code: errno) }
            sched_yield()
        }
    }

    /// The number that a script wrote into a file.
    func number(in name: String) -> Int32? {
        guard let file = fopen("\(path)/\(name)", "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 32)
        guard fgets(&buffer, 32, file) != nil else { return nil }
        return Int32(String(decoding: buffer.prefix { $0 >= 48 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    private var names: [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
            )
        }
        return names
    }
}

struct FolderError: Error {
    let code: Int32
}
