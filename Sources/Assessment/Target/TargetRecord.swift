// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Resilience

/// What the assessment knows of one target.
///
/// A class, because the permit of a run cannot be copied and lives here from the run's begin to its end.
final class TargetRecord {
    // MARK: What every run looks at, side by side, so that it lies on few cache lines

    /// How much of a record that is.
    static let bytesOfEveryRun: UInt = 640

    let breaker: CircuitBreaker
    /// The right of the run in flight to count; nil while none runs, and for one that only observes.
    var permit: CircuitBreaker.Permit?

    var standing = Standing.starting
    /// Whether the last counted verdict had grown too old, with no passing one since.
    var isStale = false
    var status = TargetStatus.starting
    var breakerState = BreakerHealth.State.closed
    /// What an operator holds the breaker in.
    var hold: BreakerHold?
    /// Whether the last outcome taught nothing.
    var hasLearntNothing = false
    /// Whether a verdict has counted since the next probe was last planned.
    var isPlanMissing = false
    /// Whether the last verdict is too old, whatever it was.
    var isAged = false
    /// Whether the status is that of an earlier run, and no probe has confirmed it yet.
    var isRestored = false
    /// Whether what was last saved, or only the last verdict's age, is to be saved again.
    var isUnsaved = false
    var isHeard = false
    /// Whether something that publishers show has changed since somebody asked.
    var isTouched = false
    /// Whether figures have.
    var isFigureOld = false
    /// Whether the last run passed without a warning, and left the target healthy behind a closed breaker: of another one like it only
    /// figures tell.
    var isCalm = false
    var halfOpensAt: MonotonicInstant?
    /// When a hold ends by itself.
    var heldUntil: MonotonicInstant?

    var consecutiveFailures = 0
    var succeeded: UInt64 = 0
    /// Counts the verdicts over all runs of the agent.
    var sequence: UInt64 = 0
    /// The end of the last run whose verdict counted.
    var lastVerdictEnd: MonotonicInstant?
    var lastVerdictAt: WallTime?
    var staleAfter: MonotonicInstant?
    var lastOutcomeAt: WallTime?
    var counters = ProbeCounters()
    var lastOutcome: Outcome?
    /// What the last counted verdict warned of; nil when it did not.
    var lastWarning: String?
    /// What was last saved.
    var saveMark: SaveMark?
    /// What was added to the counts for it; nil before it is counted.
    var entry: LedgerEntry?
    var definition: ProbeDefinition {
        didSet {
            identity = nil
            calmText = nil
        }
    }

    // MARK: The rest

    /// The definition and the known groups as they are shown, once somebody has asked.
    var identity: TargetIdentity?
    /// What is said of a closed breaker without failures; the same text for all of whom the same is said.
    var calmText: String?
    var since: WallTime
    var breakerSince: WallTime
    /// Why the breaker is in its state: its last transition; nil before the first.
    var breakerReason: String?
    /// Why the breaker opened last.
    var openReason: String?
    var halfOpenSuccesses = 0
    var transitions: [BreakerHealth.Transition: UInt64] = [:]
    var lastFailure: String?
    var failed: UInt64 = 0
    var rejected: UInt64 = 0
    var maintenance: Maintenance?
    var maintenancePlan: MaintenancePlan
    var dependencies: [DependencyLink] = []
    /// Who depends on it.
    var dependents: [TargetID] = []
    /// What is probed, to be told across restarts.
    var knownFingerprint: ProbeFingerprint?

    init(_ definition: ProbeDefinition, breaker: CircuitBreaker, at moment: Moment) {
        self.definition = definition
        self.breaker = breaker
        since = moment.wall
        maintenancePlan = MaintenancePlan(windows: definition.spec.maintenance)
        breakerSince = moment.wall
    }

    /// What is probed, and how.
    var spec: ProbeSpec { definition.spec }

    /// Whether the breaker is closed and was: so after most outcomes.
    var isQuiet: Bool {
        breakerState == .closed && hold == nil && halfOpensAt == nil && heldUntil == nil && breaker.state == .closed
    }
}
