// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// What becomes of a connection attempt.
package enum SimulatedConnection: Hashable, Sendable, CustomStringConvertible {
    /// The peer accepts; at once when the delay is zero.
    case accepts(after: Duration)
    /// The peer refuses (ECONNREFUSED).
    case refuses(after: Duration)
    /// Nobody answers; Linux gives up after 127 s (ETIMEDOUT, tcp(7), `tcp_syn_retries` 6).
    case drops
    /// The peer resets the connection before it is established (ECONNRESET).
    case resets(after: Duration)
    /// There is no route: `connect` itself fails (ENETUNREACH).
    case unreachable
    /// `connect` itself fails with this error number.
    case fails(Int32)

    /// A few words for the trace.
    package var description: String {
        switch self {
        case .accepts(let delay): "accepted after \(delay.readable)"
        case .refuses(let delay): "refused after \(delay.readable)"
        case .drops: "dropped"
        case .resets(let delay): "reset after \(delay.readable)"
        case .unreachable: "unreachable"
        case .fails(let code): "errno \(code)"
        }
    }
}

/// Decides what becomes of each connection attempt; may change its mind over virtual time.
package struct SimulatedNetwork: Sendable {
    /// Decides about one attempt by address, instant and draw.
    package typealias Rule = @Sendable (SocketAddress, MonotonicInstant, inout SimulationRandom) -> SimulatedConnection

    private let rule: Rule

    /// A network as a function; called on the loop's thread, and must not call the kernel.
    package init(_ rule: @escaping Rule) {
        self.rule = rule
    }

    /// A network where everybody always does the same.
    package static func always(_ connection: SimulatedConnection) -> SimulatedNetwork {
        SimulatedNetwork { _, _, _ in connection }
    }

    func connection(
        to address: SocketAddress,
        at now: MonotonicInstant,
        _ random: inout SimulationRandom
    ) -> SimulatedConnection {
        rule(address, now, &random)
    }
}
