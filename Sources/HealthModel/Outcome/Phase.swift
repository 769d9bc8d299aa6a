// SPDX-License-Identifier: Apache-2.0

/// A part of a probe, in order.
package enum Phase: String, CaseIterable, Hashable, Sendable {
    /// Resolving the name.
    case dns
    /// Establishing the connection.
    case connect
    /// The TLS handshake.
    case tls
    /// From the request sent to the first byte of the answer.
    case firstByte = "first_byte"
    /// From the first to the last byte.
    case transfer
}

/// How long each phase took; nil for a phase that was not reached or does not exist for the kind.
package struct PhaseTimings: Hashable, Sendable {
    package var dns: Duration?
    package var connect: Duration?
    package var tls: Duration?
    package var firstByte: Duration?
    package var transfer: Duration?

    package init(
        dns: Duration? = nil,
        connect: Duration? = nil,
        tls: Duration? = nil,
        firstByte: Duration? = nil,
        transfer: Duration? = nil
    ) {
        self.dns = dns
        self.connect = connect
        self.tls = tls
        self.firstByte = firstByte
        self.transfer = transfer
    }

    /// The length of one phase.
    package subscript(phase: Phase) -> Duration? {
        switch phase {
        case .dns: dns
        case .connect: connect
        case .tls: tls
        case .firstByte: firstByte
        case .transfer: transfer
        }
    }
}
