// SPDX-License-Identifier: Apache-2.0

/// How a TLS connection is made, and how the server's certificate is checked.
package struct TLSSettings: Hashable, Sendable {
    /// PEM file of the trusted authorities; nil = the system's bundle.
    package var authorityFile: String?
    /// PEM file of the certificate chain that the client shows, leaf first; nil shows none.
    package var certificateFile: String?
    /// PEM file of the certificate's key; nil where `certificateFile` is nil.
    package var keyFile: String?
    /// Name for SNI and for the certificate check; nil = the host of the URL or address.
    package var serverName: String?
    /// The oldest version that is spoken; default TLS 1.2.
    package var minimumVersion: TLSVersion
    /// False accepts any certificate; facts about it are still reported.
    package var verify: Bool
    /// How near the end of a certificate's life changes the verdict.
    package var expiry: CertificateExpiry
    /// For how long after a full handshake new connections resume its session; zero, the default, never.
    ///
    /// A resumed session shows no certificate: a server that has another one by then is found out that much later.
    package var resumption: Duration

    package init(
        authorityFile: String? = nil,
        certificateFile: String? = nil,
        keyFile: String? = nil,
        serverName: String? = nil,
        minimumVersion: TLSVersion = .tls12,
        verify: Bool = true,
        expiry: CertificateExpiry = CertificateExpiry(),
        resumption: Duration = .zero
    ) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.serverName = serverName
        self.minimumVersion = minimumVersion
        self.verify = verify
        self.expiry = expiry
        self.resumption = resumption
    }
}

/// A version of TLS.
package enum TLSVersion: String, CaseIterable, Comparable, Hashable, Sendable {
    /// RFC 2246; deprecated by RFC 8996.
    case tls10 = "1.0"
    /// RFC 4346; deprecated by RFC 8996.
    case tls11 = "1.1"
    /// RFC 5246.
    case tls12 = "1.2"
    /// RFC 8446.
    case tls13 = "1.3"

    package static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }
}

/// How near the end of a certificate's life changes the verdict; the certificate of the chain that ends first counts.
package struct CertificateExpiry: Hashable, Sendable {
    /// Less than this left: degraded; nil = never.
    package var degraded: Duration?
    /// Less than this left: unhealthy; nil = only when it has expired.
    package var unhealthy: Duration?

    package init(degraded: Duration? = nil, unhealthy: Duration? = nil) {
        self.degraded = degraded
        self.unhealthy = unhealthy
    }
}
