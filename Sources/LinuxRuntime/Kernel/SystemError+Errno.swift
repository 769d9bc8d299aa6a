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
        let known = Self.texts.indices.contains(Int(code)) ? Self.texts[Int(code)] : Self.text(of: code)
        self.init(code: code, text: known)
    }

    /// The texts of the codes that there are: a target that is down gives the same one again and again.
    private static let texts = (Int32(0)..<134).map(text(of:))

    private static func text(of code: Int32) -> String {
        var text = [CChar](repeating: 0, count: 128)
        // unsafe: at most `count` bytes, NUL included, are written into the array.
        unsafe clinux_error_text(code, &text, text.count)
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The calling thread's `errno`; to be read right after the call that failed.
    package static var last: SystemError { SystemError(code: clinux_errno()) }
}
