// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// What becomes of one question about a name.
package enum SimulatedResolution: Hashable, Sendable, CustomStringConvertible {
    /// Numeric addresses, in order of preference; told before `resolve` returns when the delay is zero.
    case addresses([String], after: Duration)
    case fails(ResolutionFailure.Kind, after: Duration)
    /// The name servers stay silent about this question for ever; the next one is decided anew.
    case never

    /// A few words for the trace.
    package var description: String {
        switch self {
        case .addresses(let addresses, let delay):
            "\(addresses.joined(separator: " ")) after \(delay.readable)"
        case .fails(.notFound, let delay): "not found after \(delay.readable)"
        case .fails(.temporary, let delay): "no answer after \(delay.readable)"
        case .fails(.ours, let delay): "our failure after \(delay.readable)"
        case .never: "silence"
        }
    }
}

/// Decides what names resolve to; may change its mind over virtual time.
package struct SimulatedZone: Sendable {
    /// Decides about one question by host, instant and draw.
    package typealias Rule = @Sendable (String, MonotonicInstant, inout SimulationRandom) -> SimulatedResolution

    private let rule: Rule

    /// A zone as a function; called on the loop's thread.
    package init(_ rule: @escaping Rule) {
        self.rule = rule
    }

    /// A zone where every name always gets the same answer.
    package static func always(_ resolution: SimulatedResolution) -> SimulatedZone {
        SimulatedZone { _, _, _ in resolution }
    }

    /// A zone as a table; names that are not in it do not exist.
    package static func table(_ names: [String: SimulatedResolution]) -> SimulatedZone {
        SimulatedZone { host, _, _ in names[host] ?? .fails(.notFound, after: .zero) }
    }

    func resolution(
        of host: String,
        at now: MonotonicInstant,
        _ random: inout SimulationRandom
    ) -> SimulatedResolution {
        rule(host, now, &random)
    }
}
