// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard error, for what a command says to the person who called it.
enum StandardError {
    /// Writes `text` and a line end.
    static func print(_ text: String) {
        var bytes = Array((text.hasSuffix("\n") ? text : text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            // Nobody reads: there is no other place to say so.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
