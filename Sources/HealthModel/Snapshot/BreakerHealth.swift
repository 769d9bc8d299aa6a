// SPDX-License-Identifier: Apache-2.0

/// A target's breaker as it is shown.
package struct BreakerHealth: Hashable, Sendable {
    /// The three states of a breaker.
    package enum State: String, CaseIterable, Hashable, Sendable {
        case closed
        case open
        case halfOpen = "half-open"
    }

    package var state: State
    /// Since when the state holds.
    package var since: WallTime
    /// Why it is in this state and what it waits for, one sentence.
    package var why: String
    /// When an open breaker half-opens; nil in other states.
    package var halfOpensAt: MonotonicInstant?
    /// Failures in a row, up to now.
    package var consecutiveFailures: Int
    /// Outcomes that counted, since the target was added.
    package var succeeded: UInt64
    package var failed: UInt64
    /// Probes that were not run because the breaker did not admit them.
    package var rejected: UInt64
    /// How often each transition happened, since the target was added.
    package var transitions: [Transition: UInt64]
    /// What an operator holds it in; nil while nobody does.
    package var hold: BreakerHold?

    /// One change of state.
    package struct Transition: Hashable, Sendable {
        package var from: State
        package var to: State

        package init(from: State, to: State) {
            self.from = from
            self.to = to
        }
    }

    package init(
        state: State = .closed,
        since: WallTime,
        why: String,
        halfOpensAt: MonotonicInstant? = nil,
        consecutiveFailures: Int = 0,
        succeeded: UInt64 = 0,
        failed: UInt64 = 0,
        rejected: UInt64 = 0,
        transitions: [Transition: UInt64] = [:],
        hold: BreakerHold? = nil
    ) {
        self.state = state
        self.since = since
        self.why = why
        self.halfOpensAt = halfOpensAt
        self.consecutiveFailures = consecutiveFailures
        self.succeeded = succeeded
        self.failed = failed
        self.rejected = rejected
        self.transitions = transitions
        self.hold = hold
    }
}
