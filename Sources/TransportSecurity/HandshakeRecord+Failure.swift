// SPDX-License-Identifier: Apache-2.0

import COpenSSL
package import HealthModel

extension HandshakeRecord {
    /// Why TLS with the peer failed; nil when TLS has nothing to say, so that the system's error tells.
    ///
    /// Also for the first read after a handshake: in TLS 1.3 a server refuses a client's certificate, or its lack, only then.
    /// - Parameter error: the first entry of OpenSSL's error queue, when it had one.
    /// - Returns: reason and message, with the alert as evidence; the caller adds the phase.
    package func failure(_ error: OpenSSLError?) -> Failure? {
        if isEnforced, let worst {
            let others = Set(problems.map(\.text)).subtracting([worst.text]).sorted()
            let also = others.isEmpty ? "" : "; also: \(others.joined(separator: "; "))"
            return Failure(worst.reason, worst.message(expecting: serverName) + also)
        }
        if let alert {
            var message = "the server ended TLS with alert \(alert.number) \(alert.name)"
            let meaning = alert.meaning(
                wantsCertificate: wantsCertificate,
                showsCertificate: showsCertificate,
                version: minimumVersion.rawValue
            )
            if let meaning { message += ": \(meaning)" }
            return Failure(.tlsHandshake, message, evidence: Evidence(tlsAlert: alert.name))
        }
        guard let error else { return nil }
        switch error.handshakeReason {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST:
            return Failure(.tlsHandshake, "the peer does not speak TLS")
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_SSL_VERSION, SSL_R_UNSUPPORTED_SSL_VERSION:
            return Failure(.tlsHandshake, "the server does not speak TLS \(minimumVersion.rawValue) or newer")
        case SSL_R_UNEXPECTED_EOF_WHILE_READING:
            return Failure(.tlsHandshake, Self.closed)
        default:
            return Failure(.tlsHandshake, "TLS handshake failed: \(error.text)")
        }
    }

    /// The message for a peer that closes before the handshake is done.
    package static let closed = "connection closed during the TLS handshake"
}
