// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Writes a file whole or not at all.
enum NewFile {
    /// Writes `text` beside `path`, and puts it there when all of it is on disk.
    ///
    /// - Parameters:
    ///   - text: the content.
    ///   - path: where.
    ///   - replaces: whether a file that is there gives way; otherwise it stays as it is.
    /// - Returns: why it is not there; nil when it is.
    static func write(_ text: String, to path: String, replaces: Bool) -> String? {
        let aside = "\(path).\(getpid()).new"
        let descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return "cannot be written: \(reason(errno))" }
        let problem = fill(descriptor, text)
        close(descriptor)
        if let problem {
            unlink(aside)
            return "cannot be written: \(problem)"
        }
        // A link is refused where a name is taken, a renaming is not.
        let status = replaces ? rename(aside, path) : link(aside, path)
        let code = errno
        if !replaces || status != 0 { unlink(aside) }
        guard status != 0 else { return nil }
        return code == EEXIST ? "is there already (--force replaces it)" : "cannot be written: \(reason(code))"
    }

    private static func fill(_ descriptor: CInt, _ text: String) -> String? {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return reason(errno) }
            bytes = bytes.dropFirst(count)
        }
        return fsync(descriptor) == 0 ? nil : reason(errno)
    }

    private static func reason(_ code: CInt) -> String { String(cString: strerror(code)) }
}
