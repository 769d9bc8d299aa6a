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
    @WordDuration package var dns: Duration?
    @WordDuration package var connect: Duration?
    @WordDuration package var tls: Duration?
    @WordDuration package var firstByte: Duration?
    @WordDuration package var transfer: Duration?

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

    /// The length of one phase, in nanoseconds.
    func nanoseconds(of phase: Phase) -> Int64? {
        switch phase {
        case .dns: _dns.nanoseconds
        case .connect: _connect.nanoseconds
        case .tls: _tls.nanoseconds
        case .firstByte: _firstByte.nanoseconds
        case .transfer: _transfer.nanoseconds
        }
    }
}
