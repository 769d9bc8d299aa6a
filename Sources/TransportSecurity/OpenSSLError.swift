// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import HealthModel
import LinuxRuntime

/// One entry of OpenSSL's error queue.
package struct OpenSSLError: Hashable, Sendable {
    /// The packed library and reason, as `openssl errstr` takes them in hexadecimal.
    package let code: UInt

    package init(code: UInt) {
        self.code = code
    }

    /// The first code within a text such as `error:0A00010B:SSL routines::wrong version number`; nil when there is none.
    package init?(within text: String) {
        guard let start = text.firstRange(of: "error:")?.upperBound else { return nil }
        guard let code = UInt(text[start...].prefix { $0.isHexDigit }, radix: 16) else { return nil }
        self.code = code
    }

    /// Takes the calling thread's queue; nil when it is empty.
    ///
    /// The entry that tells most is the last one that was put there: what came before led to it.
    package static func takeLast() -> OpenSSLError? {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        return code == 0 ? nil : OpenSSLError(code: code)
    }

    /// Takes the calling thread's queue and gives the error that was noted first, where a handshake failed; nil when empty.
    package static func takeFirst() -> OpenSSLError? {
        let code = ERR_peek_error()
        ERR_clear_error()
        return code == 0 ? nil : OpenSSLError(code: code)
    }

    /// OpenSSL's words for the reason.
    package var text: String {
        // unsafe: a constant of the library, or nil.
        guard let reason = unsafe ERR_reason_error_string(code) else { return "error \(String(code, radix: 16))" }
        return unsafe Excerpt.bounded(String(cString: reason))
    }

    /// An `SSL_R_…` of the TLS library; nil for an error of another part.
    package var handshakeReason: Int32? {
        copenssl_error_library(code) == ERR_LIB_SSL ? copenssl_error_reason(code) : nil
    }

    /// Whether a PEM file had nothing more of the sort that was asked for.
    var isEndOfPEM: Bool {
        let library = copenssl_error_library(code)
        let reason = copenssl_error_reason(code)
        return (library == ERR_LIB_PEM && reason == PEM_R_NO_START_LINE)
            || (library == ERR_LIB_OSSL_DECODER && reason == Int32(ERR_R_UNSUPPORTED))
    }

    /// Whether a key needs a passphrase.
    var isMissingPassphrase: Bool {
        let library = copenssl_error_library(code)
        let reason = copenssl_error_reason(code)
        return (library == ERR_LIB_PEM && reason == PEM_R_BAD_PASSWORD_READ)
            || (library == ERR_LIB_CRYPTO && reason == ERR_R_INTERRUPTED_OR_CANCELLED)
    }
}
