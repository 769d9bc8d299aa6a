// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file that a test writes again and again.
package struct TemporaryFile: Sendable {
    package let path: String

    package init() {
        var template = Array("/tmp/bellwether-file-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        precondition(descriptor >= 0, "no file: errno \(errno)")
        close(descriptor)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Replaces the contents by renaming a new file over the old one.
    package func write(_ text: String) {
        let fresh = "\(path).new"
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let bytes = Array(text.utf8)
        precondition(Glibc.write(descriptor, bytes, bytes.count) == bytes.count, "cannot write: errno \(errno)")
        close(descriptor)
        precondition(rename(fresh, path) == 0, "cannot rename: errno \(errno)")
    }

    package func remove() {
        unlink(path)
    }

    /// The first 64 KiB of a file.
    package static func contents(of path: String) -> String {
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &bytes, bytes.count)
        precondition(count >= 0, "cannot read \(path): errno \(errno)")
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
