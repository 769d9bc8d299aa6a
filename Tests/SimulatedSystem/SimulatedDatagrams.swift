// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// What becomes of a datagram that was sent.
package enum SimulatedDatagramReply: Hashable, Sendable {
    /// These datagrams come back, each so long after it was sent.
    case answers([[UInt8]], after: Duration)
    /// The network reports an error about it (an ICMP message), by error number.
    case reports(Int32, after: Duration)
    /// It is lost, or nobody answers.
    case drops
    /// Sending itself fails with this error number.
    case fails(Int32)
}

/// Decides what becomes of each datagram; may change its mind over virtual time.
package struct SimulatedDatagrams: Sendable {
    /// Decides about one datagram by peer, content and instant.
    package typealias Rule = @Sendable (SocketAddress, [UInt8], MonotonicInstant) -> SimulatedDatagramReply

    private let rule: Rule

    /// Peers as a function; called on the loop's thread, and must not call the kernel.
    package init(_ rule: @escaping Rule) {
        self.rule = rule
    }

    /// Peers that all always do the same.
    package static func always(_ reply: SimulatedDatagramReply) -> SimulatedDatagrams {
        SimulatedDatagrams { _, _, _ in reply }
    }

    func reply(from peer: SocketAddress, to bytes: [UInt8], at now: MonotonicInstant) -> SimulatedDatagramReply {
        rule(peer, bytes, now)
    }
}
