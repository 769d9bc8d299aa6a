// SPDX-License-Identifier: Apache-2.0

/// Disturbances that Linux may legally cause, drawn from the seed; an agent must behave the same with all of them.
package struct SimulatedChaos: Hashable, Sendable {
    /// The probability that a wait ends early and empty, as after a signal.
    package var earlyWaits: Double
    /// The probability that a wait also reports a token whose descriptor was unwatched before.
    package var staleTokens: Double
    /// How much longer than asked a wait may take at most, as on a busy machine.
    package var oversleep: Duration

    package init(earlyWaits: Double = 0, staleTokens: Double = 0, oversleep: Duration = .zero) {
        self.earlyWaits = earlyWaits
        self.staleTokens = staleTokens
        self.oversleep = oversleep
    }

    /// No disturbance: waits end at exact instants.
    package static let none = SimulatedChaos()
    /// A tenth of the waits disturbed, up to 2 ms late.
    package static let rough = SimulatedChaos(earlyWaits: 0.1, staleTokens: 0.1, oversleep: .milliseconds(2))
}
