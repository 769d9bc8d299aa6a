// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

/// A moment so many milliseconds after the start of the tests' clocks: 2026-11-21T03:00:00Z on the wall.
func moment(_ milliseconds: Int64) -> Moment {
    Moment(
        instant: MonotonicInstant(nanoseconds: 7_000_000_000_000).advanced(by: .milliseconds(milliseconds)),
        wall: WallTime(nanosecondsSinceEpoch: 1_795_230_000_000_000_000).advanced(by: .milliseconds(milliseconds))
    )
}

func name(_ text: String) throws -> TargetName {
    try #require(TargetName(text))
}

func spec(
    _ text: String,
    impact: Impact = .required,
    interval: Duration = .seconds(10),
    breaker: BreakerPolicy = BreakerPolicy(backoff: .init(jitter: 0)),
    groups: [String] = [],
    dependencies: [String] = [],
    maintenance: [MaintenanceWindow] = []
) throws -> ProbeSpec {
    let probe = Probe.tcp(TCPProbe(address: try HostPort("10.0.0.5:6379")))
    return ProbeSpec(
        name: try name(text),
        probe: probe,
        interval: interval,
        jitter: 0,
        impact: impact,
        breaker: breaker,
        groups: try groups.map { try #require(GroupName($0)) },
        dependencies: try dependencies.map(name),
        maintenance: maintenance
    )
}

/// A group for the settings of an assessment.
func group(_ text: String, _ policy: PassingPolicy = .all, _ impact: Impact = .required) throws -> GroupSpec {
    GroupSpec(name: try #require(GroupName(text)), policy: policy, impact: impact)
}

/// What a probe may say.
enum Say: Hashable {
    case pass
    case warn
    case fail
    case internalFault
    case unknown

    func outcome(endingAt end: Moment, message: String? = nil) -> Outcome {
        let verdict: Verdict
        let failure: Failure?
        switch self {
        case .pass: (verdict, failure) = (.healthy, nil)
        case .warn: (verdict, failure) = (.degraded, Failure(.status, message ?? "slow: 700ms, limit 500ms"))
        case .fail: (verdict, failure) = (.unhealthy, Failure(.refused, message ?? "connect refused"))
        case .internalFault: (verdict, failure) = (.unknown, Failure(.internal, message ?? "too many open files"))
        case .unknown: (verdict, failure) = (.unknown, Failure(.execExit, message ?? "exit code 3"))
        }
        return Outcome(
            verdict: verdict,
            layer: failure == nil ? .l4OK : .l4Connection,
            failure: failure,
            startedAt: end.instant.advanced(by: .milliseconds(-5)),
            duration: .milliseconds(5)
        )
    }
}

/// An assessment that is driven run by run.
struct AssessmentHarness {
    private let held: Held
    private(set) var now: Int64 = 0

    init(_ specs: [ProbeSpec], settings: AggregateSettings = AggregateSettings(), maximumStaleness: Int = 3) {
        held = Held(Assessment(maximumStaleness: maximumStaleness, seed: 5, at: moment(0)))
        for (index, spec) in specs.enumerated() {
            assessment.add(TargetID(index), ProbeDefinition(spec), at: moment(0))
        }
        assessment.reassess(settings: settings, at: moment(0))
    }

    /// Goes on with an assessment that begins at the tests' start.
    init(restored assessment: consuming Assessment) {
        held = Held(assessment)
    }

    /// By reference, so that a test can hand the harness on.
    private final class Held {
        var assessment: Assessment

        init(_ assessment: consuming Assessment) {
            self.assessment = assessment
        }
    }

    /// The assessment, which every copy of the harness shares.
    var assessment: Assessment {
        _read { yield held.assessment }
        nonmutating _modify { yield &held.assessment }
    }

    /// Runs the probe of one target now, if its breaker lets it.
    @discardableResult
    mutating func run(_ say: Say, target: Int = 0, message: String? = nil) -> ProbeAdmission {
        let target = TargetID(target)
        let admission = assessment.begin(target, at: moment(now))
        if case .rejected = admission { return admission }
        finish(say, target: target.index, message: message)
        return admission
    }

    /// Ends a run that was begun.
    @discardableResult
    mutating func finish(_ say: Say, target: Int = 0, message: String? = nil) -> NextDue {
        let outcome = say.outcome(endingAt: moment(now), message: message)
        let settlement = assessment.finish(TargetID(target), outcome: outcome, at: moment(now))
        assessment.plan(TargetID(target), due: moment(now + 10_000).instant, at: moment(now))
        return settlement.next
    }

    mutating func advance(to milliseconds: Int64) {
        now = milliseconds
        assessment.advance(at: moment(now))
    }

    mutating func advance(by milliseconds: Int64) {
        advance(to: now + milliseconds)
    }

    func health(_ target: Int = 0) throws -> TargetHealth {
        let health = assessment.health(of: TargetID(target))
        return try #require(health)
    }

    func status(_ target: Int = 0) throws -> TargetStatus {
        try health(target).status
    }

    /// `checkout: closed healthy -> open unhealthy (3 consecutive failures: …)` and `aggregate: healthy -> unhealthy (…)`.
    func changes() -> [String] {
        assessment.takeChanges().map { change in
            switch change.event {
            case .target(let event):
                "\(event.endpoint): \(event.oldState.rawValue) \(event.oldStatus) -> \(event.newState.rawValue) "
                    + "\(event.newStatus) (\(event.reason))"
            case .aggregate(let event): "aggregate: \(event.oldStatus) -> \(event.newStatus) (\(event.reason))"
            case .group(let event): "group \(event.group): \(event.oldStatus) -> \(event.newStatus) (\(event.reason))"
            case .maintenance(let event):
                "\(event.target): maintenance "
                    + (event.maintenance.map { "until \($0.until?.rfc3339 ?? "further notice") (\($0.reason))" }
                        ?? "over")
            }
        }
    }
}
