// SPDX-License-Identifier: Apache-2.0

/// What was seen of a TLS handshake, also of one that failed.
package struct TLSFacts: Hashable, Sendable {
    /// The version agreed on, `TLSv1.3`; nil when the handshake did not come so far.
    package var version: String?
    /// The cipher suite agreed on, by OpenSSL's name; nil when the handshake did not come so far.
    package var cipher: String?
    /// The server's certificates, leaf first, at most ``maximumCertificates``.
    ///
    /// The chain that was verified; what the server sent, where no chain could be built.
    package var chain: [CertificateFacts]
    /// Whether the chain ends at a trusted authority, is in force and is for the right name; nil when nothing was checked.
    package var isVerified: Bool?
    /// What is wrong with the chain, in OpenSSL's words; nil when nothing is.
    package var verificationProblem: String?
    /// Whether the session of an earlier connection was resumed, so that the chain is what that one saw.
    package var isResumed: Bool

    /// Most certificates of a chain that are kept.
    package static let maximumCertificates = 10

    package init(
        version: String? = nil,
        cipher: String? = nil,
        chain: [CertificateFacts] = [],
        isVerified: Bool? = nil,
        verificationProblem: String? = nil,
        isResumed: Bool = false
    ) {
        self.version = version
        self.cipher = cipher
        self.chain = chain
        self.isVerified = isVerified
        self.verificationProblem = verificationProblem
        self.isResumed = isResumed
    }

    /// What was agreed on, for people: `TLSv1.3, TLS_AES_256_GCM_SHA384, resumed`; nil when the handshake did not come so far.
    package var agreement: String? {
        let parts = [version, cipher, isResumed ? "resumed" : nil].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    /// The certificate that was made for the server.
    package var leaf: CertificateFacts? { chain.first }

    /// The certificate of the chain that ends first.
    package var firstToExpire: CertificateFacts? { chain.min { $0.notAfter < $1.notAfter } }
}

/// One X.509 certificate (RFC 5280), for people and for the expiry rule.
package struct CertificateFacts: Hashable, Sendable {
    /// The subject as RFC 2253 text, at most 200 characters.
    package var subject: String
    /// The issuer as RFC 2253 text, at most 200 characters.
    package var issuer: String
    /// The DNS names and addresses it is for, at most 20.
    package var names: [String]
    /// The serial number in hexadecimal.
    package var serial: String
    /// From when it is in force, in seconds since 1970-01-01T00:00:00Z; beyond what `WallTime` can hold for some.
    package var notBefore: Int64
    /// Until when it is in force, in seconds since 1970-01-01T00:00:00Z.
    package var notAfter: Int64

    package init(
        subject: String,
        issuer: String,
        names: [String],
        serial: String,
        notBefore: Int64,
        notAfter: Int64
    ) {
        self.subject = subject
        self.issuer = issuer
        self.names = names
        self.serial = serial
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// Whole days until it ends, rounded down: negative when it has ended.
    package func daysLeft(at time: WallTime) -> Int64 {
        let now = time.nanosecondsSinceEpoch / 1_000_000_000
        let (left, overflow) = notAfter.subtractingReportingOverflow(now)
        guard !overflow else { return notAfter < now ? .min : .max }
        return left >= 0 ? left / 86_400 : -((-left + 86_399) / 86_400)
    }
}
