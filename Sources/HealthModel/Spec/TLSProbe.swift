// SPDX-License-Identifier: Apache-2.0

/// A TLS handshake that must succeed with a certificate that lasts: a TCP probe that says nothing.
package struct TLSProbe: Hashable, Sendable {
    /// Where to connect.
    package var address: HostPort
    /// How the server is asked for TLS; nil = TLS from the first byte.
    package var startTLS: StartTLSProtocol?
    /// How TLS is done, and how long the certificate must last.
    package var settings: TLSSettings

    /// Less than this left makes the target degraded, where the configuration does not say when: 14 days.
    package static let defaultWarning = Duration.seconds(14 * 86_400)

    package init(
        address: HostPort,
        startTLS: StartTLSProtocol? = nil,
        settings: TLSSettings = TLSSettings(expiry: CertificateExpiry(degraded: TLSProbe.defaultWarning))
    ) {
        self.address = address
        self.startTLS = startTLS
        self.settings = settings
    }

    /// The TCP probe that it is.
    package var tcp: TCPProbe {
        TCPProbe(address: address, security: startTLS.map { .startTLS($0, settings) } ?? .tls(settings))
    }
}
