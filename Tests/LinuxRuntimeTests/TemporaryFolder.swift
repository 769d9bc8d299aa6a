// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxRuntime

/// A folder of one test, empty at first; removed with all that is in it when nobody uses it any more.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/bellwether-runtime-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FolderError(code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        removeTree(path)
    }

    /// Removes what can be removed at once, and otherwise what is in it first; symbolic links are not followed.
    private func removeTree(_ path: String) {
        guard remove(path) != 0, let names = try? SystemFiles().entries(of: path, limit: 10_000) else { return }
        for name in names { removeTree("\(path)/\(name)") }
        remove(path)
    }

    /// The path of a name in the folder.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, and makes the folders on the way to it.
    @discardableResult
    func write(_ name: String, _ bytes: some Sequence<UInt8>, mode: mode_t = 0o644) throws -> String {
        let file = self(name)
        let folders = name.split(separator: "/").dropLast()
        for count in 0..<folders.count { mkdir(self(folders.prefix(count + 1).joined(separator: "/")), 0o755) }
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FolderError(code: errno) }
        defer { close(descriptor) }
        let bytes = Array(bytes)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fchmod(descriptor, mode) == 0 else {
            throw FolderError(code: errno)
        }
        return file
    }
}

struct FolderError: Error {
    let code: Int32
}
