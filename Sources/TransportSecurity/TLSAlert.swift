// SPDX-License-Identifier: Apache-2.0

/// An alert of TLS (RFC 8446 section 6) that the peer sent.
package struct TLSAlert: Hashable, Sendable {
    /// Its number in the IANA registry of TLS alerts.
    package let number: UInt8

    package init(number: UInt8) {
        self.number = number
    }

    /// Its name in the IANA registry; `unknown` for a number without one.
    package var name: String { Self.names[number] ?? "unknown" }

    /// Whether it only says that the peer is done: nothing went wrong.
    var isFarewell: Bool { number == 0 || number == 90 }

    /// What the alert tells about our side; nil where its name says all.
    ///
    /// - Parameters:
    ///   - wantsCertificate: whether the server asked for a client certificate.
    ///   - showsCertificate: whether we have one.
    ///   - version: the oldest version that we speak.
    /// - Returns: words that follow the alert's name.
    func meaning(wantsCertificate: Bool, showsCertificate: Bool, version: String) -> String? {
        switch number {
        case 116: "it demands a client certificate"
        case 42...46 where showsCertificate, 48 where showsCertificate: "it refuses our client certificate"
        case 40 where wantsCertificate && !showsCertificate: "it asked for a client certificate"
        case 40 where wantsCertificate: "it asked for a client certificate and got ours"
        case 70: "it does not speak TLS \(version) or newer"
        case 112: "it does not know the server name"
        case 120: "it speaks none of our application protocols"
        default: nil
        }
    }

    private static let names: [UInt8: String] = [
        0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 21: "decryption_failed",
        22: "record_overflow", 30: "decompression_failure", 40: "handshake_failure", 41: "no_certificate",
        42: "bad_certificate", 43: "unsupported_certificate", 44: "certificate_revoked", 45: "certificate_expired",
        46: "certificate_unknown", 47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error",
        51: "decrypt_error", 60: "export_restriction", 70: "protocol_version", 71: "insufficient_security",
        80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled", 100: "no_renegotiation",
        109: "missing_extension", 110: "unsupported_extension", 111: "certificate_unobtainable",
        112: "unrecognized_name", 113: "bad_certificate_status_response", 114: "bad_certificate_hash_value",
        115: "unknown_psk_identity", 116: "certificate_required", 120: "no_application_protocol",
    ]
}
