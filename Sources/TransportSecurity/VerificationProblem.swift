// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import HealthModel

/// One thing that OpenSSL found wrong with a chain.
struct VerificationProblem: Hashable {
    /// An `X509_V_ERR_…`.
    let code: Int32
    /// The certificate it is about.
    let certificate: CertificateFacts?
    /// 0 for the server's own certificate, one more for each step to the authority.
    let depth: Int

    /// Most problems of a chain that are kept.
    static let maximum = 10

    /// OpenSSL's words; with the certificate's subject where it is not the server's own.
    var text: String {
        // unsafe: a constant of the library.
        let words = unsafe String(cString: X509_verify_cert_error_string(Int(code)))
        guard depth > 0, let certificate else { return words }
        return "\(words) (\(certificate.subject))"
    }

    /// The word for the problem in our closed list.
    var reason: FailureReason {
        switch code {
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            .tlsHostname
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID:
            .tlsExpired
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_SIGNATURE_FAILURE,
            X509_V_ERR_INVALID_CA, X509_V_ERR_CERT_UNTRUSTED, X509_V_ERR_CERT_REJECTED:
            .tlsUntrusted
        default:
            .tlsHandshake
        }
    }

    /// Which of several problems names the failure: the lower.
    ///
    /// Who vouches for nothing need not be asked for dates or names.
    var rank: Int {
        switch reason {
        case .tlsUntrusted: 0
        case .tlsExpired: 1
        case .tlsHostname: 2
        default: 3
        }
    }

    /// What failed, for people.
    ///
    /// - Parameter name: the name or address that the certificate had to be for.
    /// - Returns: one line, in lower case.
    func message(expecting name: String) -> String {
        let subject = certificate?.subject ?? ""
        switch code {
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "the certificate is for \(Self.list(certificate)), not for \(name)"
        case X509_V_ERR_CERT_HAS_EXPIRED:
            guard let certificate else { break }
            return "the certificate of \(subject) ended at \(WallTime.rfc3339(secondsSinceEpoch: certificate.notAfter))"
        case X509_V_ERR_CERT_NOT_YET_VALID:
            guard let certificate else { break }
            let begin = WallTime.rfc3339(secondsSinceEpoch: certificate.notBefore)
            return "the certificate of \(subject) is not valid before \(begin)"
        default:
            break
        }
        let verb = reason == .tlsUntrusted ? "is not trusted" : "is refused"
        // unsafe: a constant of the library.
        let words = unsafe String(cString: X509_verify_cert_error_string(Int(code)))
        return subject.isEmpty ? "the certificate \(verb): \(words)" : "the certificate of \(subject) \(verb): \(words)"
    }

    private static func list(_ certificate: CertificateFacts?) -> String {
        guard let certificate else { return "another name" }
        let shown = certificate.names.prefix(3)
        guard !shown.isEmpty else { return certificate.subject }
        return shown.joined(separator: ", ") + (certificate.names.count > shown.count ? ", …" : "")
    }
}
