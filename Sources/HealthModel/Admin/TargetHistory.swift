// SPDX-License-Identifier: Apache-2.0

/// What became of a target lately, as far as it is remembered.
package struct TargetHistory: Hashable, Sendable {
    package let target: TargetName
    /// Oldest first.
    package let entries: [HistoryEntry]
    /// How many entries of this target are gone because newer ones needed their place.
    package let dropped: UInt64

    package init(target: TargetName, entries: [HistoryEntry], dropped: UInt64) {
        self.target = target
        self.entries = entries
        self.dropped = dropped
    }
}

/// One outcome or one change of a target: 32 bytes on a 64-bit machine, and a text that neighbours with the same one share.
package struct HistoryEntry: Hashable, Sendable {
    /// When it came.
    package let at: WallTime
    /// Why the probe did not pass, or why the state changed; empty for a probe that passed.
    package let text: String
    /// What it is.
    package let event: Event

    /// What was remembered.
    package enum Event: Hashable, Sendable {
        case outcome(milliseconds: Float, verdict: Verdict, reason: FailureReason?, counted: Bool)
        case breaker(from: BreakerHealth.State, to: BreakerHealth.State)
        case status(from: TargetStatus, to: TargetStatus)
    }

    package init(at: WallTime, text: String, event: Event) {
        self.at = at
        self.text = text
        self.event = event
    }
}
