// SPDX-License-Identifier: Apache-2.0

import COpenSSL
package import HealthModel

/// What OpenSSL's callbacks saw of one connection's TLS, also when it failed.
///
/// It hangs on the connection's SSL or SSL_CTX, which keep it alive, so it can be found again on a connection that was kept.
@safe
package final class HandshakeRecord {
    /// The name or address that the server's certificate has to be for; empty = any.
    package let serverName: String
    /// Whether what is wrong with the chain ends the handshake.
    let isEnforced: Bool
    /// Whether there were authorities to trust; without, nothing can be said about the chain.
    var hasAuthorities = true
    /// Whether we have a certificate to show.
    var showsCertificate = false
    /// The oldest version that we speak.
    var minimumVersion = TLSVersion.tls12
    /// What was verified before against the same authorities; nil where nobody remembers.
    var verified: VerifiedChains?
    /// Whether the server asked for a client certificate.
    var wantsCertificate = false
    /// The alert with which the peer ended the session.
    package private(set) var alert: TLSAlert?
    private(set) var problems: [VerificationProblem] = []
    private var seen = TLSFacts()

    /// A record for one connection.
    ///
    /// - Parameters:
    ///   - serverName: the name or address that the certificate has to be for; empty = any.
    ///   - isEnforced: false accepts any certificate, and still notes what is wrong with it.
    package init(serverName: String, isEnforced: Bool) {
        self.serverName = serverName
        self.isEnforced = isEnforced
    }

    /// What was seen; nil while nothing was.
    package var facts: TLSFacts? {
        seen == TLSFacts() ? nil : seen
    }

    /// Whether the session of an earlier connection was resumed.
    package var isResumed: Bool { seen.isResumed }

    /// Notes that a session was resumed: of the chain is known what the full handshake has shown.
    package func resume(_ ticket: SessionTicket) {
        seen.chain = ticket.facts.chain
        seen.isVerified = ticket.facts.isVerified
        seen.verificationProblem = ticket.facts.verificationProblem
        seen.isResumed = true
    }

    /// Notes the version and cipher suite that were agreed on.
    func noteAgreement(of session: OpaquePointer) {
        // unsafe: OpenSSL's constants, as long as the library is loaded.
        if let version = unsafe SSL_get_version(session) { seen.version = unsafe String(cString: version) }
        guard let cipher = unsafe SSL_get_current_cipher(session) ?? SSL_get_pending_cipher(session) else { return }
        if let name = unsafe SSL_CIPHER_get_name(cipher) { seen.cipher = unsafe String(cString: name) }
    }

    /// Notes an alert of the peer; the first that says something counts.
    func note(_ alert: TLSAlert) {
        if self.alert == nil, !alert.isFarewell { self.alert = alert }
    }

    /// Notes one thing that is wrong with the chain.
    func note(_ problem: VerificationProblem) {
        if problems.count < VerificationProblem.maximum { problems.append(problem) }
    }

    /// Verifies the server's chain, notes it and everything wrong with it.
    ///
    /// - Parameter verification: OpenSSL's context, ready to verify.
    /// - Returns: whether the handshake may go on.
    func verify(_ verification: OpaquePointer) -> Bool {
        problems = []
        let question = unsafe verified == nil ? nil : VerifiedChains.Question(serverName, verification)
        if let question, let chain = verified?.chain(for: question) {
            seen.chain = chain
            seen.isVerified = true
            unsafe X509_STORE_CTX_set_error(verification, X509_V_OK)
            return true
        }
        unsafe expectName(in: verification)
        // Goes on after a problem, so that the whole chain is seen and everything wrong is told.
        unsafe X509_STORE_CTX_set_verify_cb(verification, HandshakeCallbacks.noteProblem)
        if unsafe X509_verify_cert(verification) != 1, problems.isEmpty {
            // Found without asking: no memory, no certificate at all, a chain that is too long.
            let code = unsafe X509_STORE_CTX_get_error(verification)
            note(
                VerificationProblem(code: code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code, certificate: nil, depth: 0)
            )
        }
        seen.chain = unsafe Self.chain(of: verification, isComplete: !problems.contains { $0.reason == .tlsUntrusted })
        if hasAuthorities {
            seen.isVerified = problems.isEmpty
            seen.verificationProblem = problems.isEmpty ? nil : Self.joined(problems.map(\.text))
        }
        guard let worst else {
            if let question, hasAuthorities { verified?.remember(seen.chain, for: question) }
            return true
        }
        // The alert that the server gets, and SSL_get_verify_result, follow from this.
        unsafe X509_STORE_CTX_set_error(verification, worst.code)
        return !isEnforced
    }

    /// The problem that names the failure.
    var worst: VerificationProblem? {
        problems.min { ($0.rank, $0.depth) < ($1.rank, $1.depth) }
    }

    private func expectName(in verification: OpaquePointer) {
        guard !serverName.isEmpty, let parameters = unsafe X509_STORE_CTX_get0_param(verification) else { return }
        // unsafe: the texts are copied. A text that is no address is a name.
        guard unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, serverName) != 1 else { return }
        ERR_clear_error()
        unsafe X509_VERIFY_PARAM_set_hostflags(parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        // A name that cannot even be noted must not pass: the record would say it was checked.
        guard unsafe X509_VERIFY_PARAM_set1_host(parameters, serverName, serverName.utf8.count) != 1 else { return }
        note(VerificationProblem(code: X509_V_ERR_HOSTNAME_MISMATCH, certificate: nil, depth: 0))
    }

    private static func chain(of verification: OpaquePointer, isComplete: Bool) -> [CertificateFacts] {
        let built = unsafe X509_STORE_CTX_get0_chain(verification)
        let sent = unsafe X509_STORE_CTX_get0_untrusted(verification)
        let certificates = unsafe isComplete ? built : sent
        guard let certificates = unsafe certificates ?? built else { return [] }
        let count = min(Int(unsafe copenssl_certificate_count(certificates)), TLSFacts.maximumCertificates)
        return (0..<max(0, count)).compactMap { index in
            unsafe copenssl_certificate(certificates, CInt(index)).map { unsafe CertificateFacts(of: $0) }
        }
    }

    private static func joined(_ texts: [String]) -> String {
        var unique: [String] = []
        for text in texts where !unique.contains(text) { unique.append(text) }
        return unique.joined(separator: "; ")
    }
}
