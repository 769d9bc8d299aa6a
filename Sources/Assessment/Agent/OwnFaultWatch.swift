// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Notices when the agent itself is in trouble, from how its probes go.
///
/// A problem that has a name (no descriptors, no processes, no name service, no route) begins with the first outcome that is due
/// to it. It lasts while the latest run of any target is, and for ``hold`` longer, so that a shortage which comes and goes is one
/// problem. The two others are counted over the current minute and the one before:
///
/// * the agent is late when a run was judged so, or when of at least 20 starts more than one in a hundred was late by more than
///   250 ms;
/// * it cannot run some probes when of at least 10 outcomes a tenth or more were our own fault for another reason.
package struct OwnFaultWatch: Sendable {
    /// The length of one count.
    package static let period = Duration.seconds(60)
    /// A start later than this is late.
    package static let lateAfter = Duration.milliseconds(250)
    /// How long a problem with a name is still shown after no target had it any more.
    package static let hold = Duration.seconds(30)

    private struct Count {
        var outcomes = 0
        var otherFaults = 0
        var lateOutcomes = 0
        var starts = 0
        var lateStarts = 0
    }

    /// A problem with a name, from its first outcome until it is over.
    private struct Named {
        /// The targets whose latest run was due to it.
        var targets: Set<TargetID> = []
        var message: String
        var since: WallTime
        /// When the last target was rid of it; nil while one has it.
        var endedAt: MonotonicInstant?

        func isOver(at now: MonotonicInstant) -> Bool {
            endedAt.map { $0.duration(to: now) >= OwnFaultWatch.hold } ?? false
        }
    }

    private var current = Count()
    private var previous = Count()
    private var periodStart: MonotonicInstant
    private var periodEnd: MonotonicInstant
    private var named: [InternalProblem: Named] = [:]
    private var lastOther = ""
    private var lastLate: String?
    /// When a counted problem was first seen.
    private var countedSince: [InternalProblem: WallTime] = [:]

    /// Begins to count at `now`.
    package init(now: MonotonicInstant) {
        periodStart = now
        periodEnd = now.advanced(by: Self.period)
    }

    /// Counts one start.
    package mutating func started(lateness: Duration, now: MonotonicInstant) {
        rotate(now)
        current.starts += 1
        if lateness > Self.lateAfter { current.lateStarts += 1 }
    }

    /// Counts one outcome of `target`.
    package mutating func finished(_ outcome: Outcome, of target: TargetID, at moment: Moment) {
        rotate(moment.instant)
        current.outcomes += 1
        guard outcome.reason == .internal, let failure = outcome.failure else {
            return forget(target, now: moment.instant)
        }
        switch failure.evidence.problem ?? .other {
        case .other:
            current.otherFaults += 1
            lastOther = failure.summary
        case .lateness:
            current.lateOutcomes += 1
            lastLate = failure.summary
        case let problem:
            forget(target, except: problem, now: moment.instant)
            var state = named[problem] ?? Named(message: failure.summary, since: moment.wall)
            state.targets.insert(target)
            state.message = failure.summary
            state.endedAt = nil
            named[problem] = state
        }
    }

    /// A target is gone; it can have no problem any more.
    package mutating func removed(_ target: TargetID, now: MonotonicInstant) {
        forget(target, now: now)
    }

    /// Whether a problem has begun or ended since `known` was told; words and numbers may have changed besides.
    ///
    /// Asked after every outcome, also while something is wrong: then the agent has the least time to spare for its words.
    package mutating func hasNews(since known: [AgentProblem], at moment: Moment) -> Bool {
        rotate(moment.instant)
        if named.isEmpty, known.isEmpty, !isLate, !failsOtherwise { return false }
        var shown = 0
        for known in known where known.problem != .state {
            guard isPresent(known.problem, at: moment.instant) else { return true }
            shown += 1
        }
        let names = named.values.count { !$0.isOver(at: moment.instant) }
        return shown != names + (isLate ? 1 : 0) + (failsOtherwise ? 1 : 0)
    }

    private func isPresent(_ problem: InternalProblem, at now: MonotonicInstant) -> Bool {
        switch problem {
        case .lateness: isLate
        case .other: failsOtherwise
        default: named[problem].map { !$0.isOver(at: now) } ?? false
        }
    }

    /// What is wrong with the agent, in the order of `InternalProblem`; empty when nothing is.
    package mutating func problems(at moment: Moment) -> [AgentProblem] {
        rotate(moment.instant)
        if !named.isEmpty {
            named = named.filter { !$1.isOver(at: moment.instant) }
        }
        // As good as always, and asked after every outcome.
        if named.isEmpty, !isLate, !failsOtherwise, countedSince.isEmpty { return [] }
        let counted: [InternalProblem: String] = [.lateness: lateText, .other: otherText].compactMapValues(\.self)
        countedSince = counted.mapValues { _ in moment.wall }.merging(countedSince.filter { counted[$0.key] != nil }) {
            _,
            known in known
        }
        return InternalProblem.allCases.compactMap { problem in
            if let state = named[problem] {
                return AgentProblem(problem, since: state.since, message: state.message)
            }
            guard let message = counted[problem], let since = countedSince[problem] else { return nil }
            return AgentProblem(problem, since: since, message: message)
        }
    }

    private var failsOtherwise: Bool {
        let outcomes = current.outcomes + previous.outcomes
        return outcomes >= 10 && (current.otherFaults + previous.otherFaults) * 10 >= outcomes
    }

    private var startsLate: Bool {
        let starts = current.starts + previous.starts
        return starts >= 20 && (current.lateStarts + previous.lateStarts) * 100 > starts
    }

    private var isLate: Bool { startsLate || current.lateOutcomes + previous.lateOutcomes > 0 }

    private var otherText: String? {
        guard failsOtherwise else { return nil }
        let faults = current.otherFaults + previous.otherFaults
        let outcomes = current.outcomes + previous.outcomes
        return "\(faults) of the last \(outcomes) probes failed through the agent's own fault: \(lastOther)"
    }

    private var lateText: String? {
        guard startsLate else { return isLate ? lastLate : nil }
        let late = current.lateStarts + previous.lateStarts
        let starts = current.starts + previous.starts
        return "\(late) of the last \(starts) probes started more than \(Self.lateAfter.readable) late"
    }

    private mutating func forget(_ target: TargetID, except problem: InternalProblem? = nil, now: MonotonicInstant) {
        // As good as always there is nothing to forget.
        guard !named.isEmpty else { return }
        for (known, state) in named where known != problem && state.targets.contains(target) {
            named[known]?.targets.remove(target)
            if state.targets.count == 1 { named[known]?.endedAt = now }
        }
    }

    private mutating func rotate(_ now: MonotonicInstant) {
        guard now >= periodEnd else { return }
        previous = periodStart.duration(to: now) < Self.period * 2 ? current : Count()
        current = Count()
        periodStart = now
        periodEnd = now.advanced(by: Self.period)
    }
}
