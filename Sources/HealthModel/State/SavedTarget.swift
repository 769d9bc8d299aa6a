// SPDX-License-Identifier: Apache-2.0

/// What of a target survives the agent: its last verdict, its status and its breaker.
///
/// Nothing in it is a secret, and no time in it is an instant: an instant means nothing to another process, so ages and what is
/// left of waits are told as of the moment of saving.
package struct SavedTarget: Hashable, Sendable {
    package var name: TargetName
    /// What was probed; of another definition nothing is taken over.
    package var fingerprint: ProbeFingerprint
    /// Counts the target's verdicts over all runs of the agent; never goes back.
    package var sequence: UInt64
    /// What the target was held to be.
    package var standing: Standing
    /// Whether that was too old to be believed.
    package var isStale: Bool
    /// Since when its status held.
    package var since: WallTime
    /// When the last verdict came, for output.
    package var verdictAt: WallTime?
    /// How old the last verdict was.
    package var verdictAge: Duration?
    /// Failures in a row.
    package var consecutiveFailures: Int
    /// The last failure, one line.
    package var lastFailure: String?
    /// What the last verdict warned of.
    package var lastWarning: String?
    package var breaker: SavedBreaker

    /// What a target was held to be by its verdicts, their age aside.
    package enum Standing: String, CaseIterable, Hashable, Sendable {
        case starting, healthy, degraded, unhealthy
    }

    package init(
        name: TargetName,
        fingerprint: ProbeFingerprint,
        sequence: UInt64 = 0,
        standing: Standing = .starting,
        isStale: Bool = false,
        since: WallTime,
        verdictAt: WallTime? = nil,
        verdictAge: Duration? = nil,
        consecutiveFailures: Int = 0,
        lastFailure: String? = nil,
        lastWarning: String? = nil,
        breaker: SavedBreaker
    ) {
        self.name = name
        self.fingerprint = fingerprint
        self.sequence = sequence
        self.standing = standing
        self.isStale = isStale
        self.since = since
        self.verdictAt = verdictAt
        self.verdictAge = verdictAge
        self.consecutiveFailures = consecutiveFailures
        self.lastFailure = lastFailure
        self.lastWarning = lastWarning
        self.breaker = breaker
    }
}

/// What of a breaker survives the agent.
package struct SavedBreaker: Hashable, Sendable {
    package var state: State
    /// Since when the state held.
    package var since: WallTime
    /// What was left of the open time, or of the operator's time; nil where the state has no end.
    package var remaining: Duration?
    /// Openings since it was last closed, which the backoff grows with.
    package var openings: Int
    /// Counts its transitions within the run that saved it.
    package var generation: UInt64
    /// Why it was in its state.
    package var reason: String?
    /// Why it opened last.
    package var openReason: String?
    /// The failure that opened it.
    package var cause: String?
    /// The operator's reason, and who it was.
    package var operatorReason: String?
    package var operatorName: String?

    /// Every state of a breaker, an operator's included.
    package enum State: String, CaseIterable, Hashable, Sendable {
        case closed, open, halfOpen, forcedOpen, disabled, metricsOnly
    }

    package init(
        state: State = .closed,
        since: WallTime,
        remaining: Duration? = nil,
        openings: Int = 0,
        generation: UInt64 = 0,
        reason: String? = nil,
        openReason: String? = nil,
        cause: String? = nil,
        operatorReason: String? = nil,
        operatorName: String? = nil
    ) {
        self.state = state
        self.since = since
        self.remaining = remaining
        self.openings = openings
        self.generation = generation
        self.reason = reason
        self.openReason = openReason
        self.cause = cause
        self.operatorReason = operatorReason
        self.operatorName = operatorName
    }
}

/// A saved target as a later run finds it.
package struct RestorableTarget: Hashable, Sendable {
    package var saved: SavedTarget
    /// How long ago it was saved; nil when no clock can tell.
    package var elapsed: Duration?
    /// How old its last verdict is now; nil when there is none, or no clock can tell.
    package var verdictAge: Duration?

    package init(saved: SavedTarget, elapsed: Duration?, verdictAge: Duration?) {
        self.saved = saved
        self.elapsed = elapsed
        self.verdictAge = verdictAge
    }
}
