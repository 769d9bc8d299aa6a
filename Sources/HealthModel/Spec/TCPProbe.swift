// SPDX-License-Identifier: Apache-2.0

/// A TCP connection that must be accepted, and what is said on it.
package struct TCPProbe: Hashable, Sendable {
    /// Where to connect.
    package var address: HostPort
    /// Whether and when the connection is encrypted.
    package var security: TCPSecurity
    /// What is said, in order; empty = nothing.
    package var dialog: [DialogStep]
    /// Which of the host's addresses are contacted, and from where.
    package var addresses: AddressChoice

    /// Most steps of a dialog.
    package static let mostSteps = 64

    package init(
        address: HostPort,
        security: TCPSecurity = .none,
        dialog: [DialogStep] = [],
        addresses: AddressChoice = AddressChoice()
    ) {
        self.address = address
        self.security = security
        self.dialog = dialog
        self.addresses = addresses
    }

    /// Whether nothing is asked but a connection.
    package var isConnectOnly: Bool { security == .none && dialog.isEmpty }
}

/// How a TCP probe does TLS.
package enum TCPSecurity: Hashable, Sendable {
    case none
    /// From the first byte.
    case tls(TLSSettings)
    /// After the server has agreed in its own protocol.
    case startTLS(StartTLSProtocol, TLSSettings)

    /// How TLS is done, where it is.
    package var settings: TLSSettings? {
        switch self {
        case .none: nil
        case .tls(let settings), .startTLS(_, let settings): settings
        }
    }
}

/// A protocol in which TLS is asked for.
package enum StartTLSProtocol: String, CaseIterable, Hashable, Sendable {
    /// `STARTTLS` of RFC 3207.
    case smtp
    /// `STARTTLS` of RFC 9051, section 6.2.1.
    case imap
    /// `STLS` of RFC 2595, section 4.
    case pop3
    /// SSLRequest of PostgreSQL's protocol 3.0.
    case postgres
}
