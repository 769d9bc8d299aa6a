// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig

/// `bellwether run --once`: every target once, all at the same time; prints the outcomes and ends with the worst.
struct OneRound {
    private let specs: [ProbeSpec]
    private let aggregate: AggregateSettings

    init(_ accepted: AcceptedConfiguration) {
        specs = accepted.configuration.probes
        aggregate = accepted.configuration.agent.aggregate
    }

    /// Probes, prints, and gives the status the aggregate would have with these verdicts.
    func run() -> CommandStatus {
        let outcomes: [(ProbeSpec, Outcome)]
        do throws(SystemError) {
            outcomes = Array(zip(specs, try SingleRound.outcomes(of: specs)))
        } catch {
            StandardError.print("bellwether: cannot start: \(error)")
            return .software
        }
        for (spec, outcome) in outcomes {
            let reason = outcome.failure.map { "\($0.reason.rawValue): " } ?? ""
            StandardOutput.print("\(outcome.verdict.rawValue)\t\(spec.name)\t\(reason)\(outcome.message)")
        }
        return Self.status(of: outcomes, aggregate: aggregate)
    }

    /// The aggregate's rule, with each verdict as its target's status: an unknown one is as none.
    static func status(
        of outcomes: [(ProbeSpec, Outcome)],
        aggregate: AggregateSettings = AggregateSettings()
    ) -> CommandStatus {
        let targets = outcomes.map { spec, outcome in
            let status: TargetStatus =
                switch outcome.verdict {
                case .healthy: .healthy
                case .degraded: .degraded
                case .unhealthy: .unhealthy
                case .unknown: spec.impact == .required ? .starting : .stale
                }
            return TargetState(name: spec.name, impact: spec.impact, groups: spec.groups, status: status)
        }
        return switch HealthJudgement(targets, settings: aggregate).rule(isDraining: false).status {
        case .healthy: .healthy
        case .degraded: .degraded
        case .starting: .unknown
        case .unhealthy, .draining: .unhealthy
        }
    }
}
