// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel

extension SystemError {
    /// Whether the network is what is missing, as far as one attempt can tell.
    package var isMissingRoute: Bool { code == ENETUNREACH || code == ENETDOWN }

    /// What the agent lacks when a call of its own failed so; nil where that has no name.
    package var problem: InternalProblem? {
        switch code {
        case EMFILE, ENFILE: .descriptors
        default: nil
        }
    }

    /// The error called `code`, with the C library's text for it.
    package init(code: Int32) {
        var text = [CChar](repeating: 0, count: 128)
        // unsafe: at most `count` bytes, NUL included, are written into the array.
        unsafe clinux_error_text(code, &text, text.count)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        self.init(code: code, text: String(decoding: bytes, as: UTF8.self))
    }

    /// The calling thread's `errno`; to be read right after the call that failed.
    package static var last: SystemError { SystemError(code: clinux_errno()) }
}
