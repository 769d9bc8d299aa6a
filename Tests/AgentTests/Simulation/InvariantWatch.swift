// SPDX-License-Identifier: Apache-2.0

import Agent
import Exposition
import HealthModel
import SimulatedSystem
import Synchronization

/// Looks at every snapshot that a simulated agent publishes, and writes down what must never be.
final class InvariantWatch: ProbeLoopReports {
    private struct State {
        var first: HealthSnapshot?
        var last: HealthSnapshot?
        var problems: Set<String> = []
        var snapshots = 0
        var violations: [String] = []
    }

    private let state = Mutex(State())
    private let timeouts: [TargetName: Duration]
    private let kernel: SimulatedKernel

    init(_ specs: [ProbeSpec], kernel: SimulatedKernel) {
        timeouts = Dictionary(uniqueKeysWithValues: specs.map { ($0.name, $0.timeout) })
        self.kernel = kernel
    }

    /// What must never be, a line each; empty when all is well.
    var violations: [String] { state.withLock { $0.violations } }

    /// How many snapshots were published.
    var snapshots: Int { state.withLock { $0.snapshots } }

    /// The first snapshot.
    var first: HealthSnapshot? { state.withLock { $0.first } }

    /// What the agent ever said of its state, besides being well.
    var problems: Set<String> { state.withLock { $0.problems } }

    /// The newest snapshot.
    var last: HealthSnapshot? { state.withLock { $0.last } }

    func changed(_ change: HealthChange) {
        kernel.record("change \(change.sequence): \(change.event)")
    }

    func alive(at now: MonotonicInstant) {}

    func publish(_ snapshot: HealthSnapshot) {
        kernel.record("snapshot \(snapshot.sequence): \(snapshot.aggregate.status) \(snapshot.targets.map(\.status))")
        state.withLock { state in
            state.violations += Self.violations(in: snapshot, after: state.last)
            for target in snapshot.targets { state.violations += lateOutcome(of: target) }
            state.first = state.first ?? snapshot
            state.problems.formUnion(snapshot.agent.problems.lazy.filter { $0.problem == .state }.map(\.message))
            state.last = snapshot
            state.snapshots += 1
        }
    }

    private static func violations(in snapshot: HealthSnapshot, after last: HealthSnapshot?) -> [String] {
        var violations: [String] = []
        if snapshot.sequence != (last?.sequence ?? 0) + 1 {
            violations.append("snapshot \(snapshot.sequence) follows \(last?.sequence ?? 0)")
        }
        let naive = aggregate(of: snapshot.targets)
        if snapshot.aggregate.status != naive {
            violations.append("\(snapshot.sequence): the aggregate is \(snapshot.aggregate.status), not \(naive)")
        }
        if snapshot.census != TargetCensus(snapshot.targets) {
            violations.append("\(snapshot.sequence): the census is not that of the targets")
        }
        for (target, belief) in zip(snapshot.targets, snapshot.beliefs)
        where target.status == .healthy || target.status == .degraded {
            if target.staleAfter == nil || belief <= snapshot.takenAt {
                violations.append("\(snapshot.sequence): \(target.name) is \(target.status) on a stale verdict")
            }
            if target.impact == .required, snapshot.freshUntil > belief {
                violations.append("\(snapshot.sequence): fresh longer than \(target.name)'s verdict")
            }
        }
        for target in snapshot.targets where target.lastOutcome != nil && !target.isRestored {
            let ownFaults = target.counters.reasons[.internal, default: 0]
            if ownFaults == target.counters.duration.count, target.status != .starting {
                violations.append("\(snapshot.sequence): only our own faults made \(target.name) \(target.status)")
            }
        }
        let code = StatusView(snapshot, at: snapshot.takenAt).statusCode.code
        if (code == 200) != (naive == .healthy || naive == .degraded) {
            violations.append("\(snapshot.sequence): \(naive) is answered with \(code)")
        }
        return violations
    }

    /// Promise P5, with room for what the simulated loop oversleeps.
    private func lateOutcome(of target: TargetHealth) -> [String] {
        guard let outcome = target.lastOutcome, let timeout = timeouts[target.name] else { return [] }
        guard outcome.failure?.reason != .internal, outcome.duration > timeout + .milliseconds(50) else { return [] }
        return ["\(target.name): \(outcome.duration) with a timeout of \(timeout)"]
    }

    /// The aggregate as the interface's table says it, from the targets alone.
    private static func aggregate(of targets: [TargetHealth]) -> AggregateStatus {
        let required = targets.filter { $0.impact == .required }.map(\.status)
        let degrading = targets.filter { $0.impact == .degrading }.map(\.status)
        if required.contains(.unhealthy) || required.contains(.stale) { return .unhealthy }
        if required.contains(.starting) { return .starting }
        if required.contains(.degraded) || degrading.contains(.unhealthy) || degrading.contains(.stale) {
            return .degraded
        }
        return .healthy
    }
}
