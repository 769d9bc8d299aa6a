// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig

/// `bellwether run --once`: every target once, all at the same time; prints the outcomes and ends with the worst.
struct OneRound {
    private let specs: [ProbeSpec]
    private let rules: AddressRules

    init(_ accepted: AcceptedConfiguration) {
        specs = accepted.configuration.probes
        rules = accepted.configuration.agent.addresses
    }

    /// Probes, prints, and gives the status the aggregate would have with these verdicts.
    func run() -> CommandStatus {
        let outcomes: [(ProbeSpec, Outcome)]
        do throws(SystemError) {
            outcomes = Array(zip(specs, try SingleRound.outcomes(of: specs, under: rules)))
        } catch {
            StandardError.print("bellwether: cannot start: \(error)")
            return .software
        }
        for (spec, outcome) in outcomes {
            let reason = outcome.failure.map { "\($0.reason.rawValue): " } ?? ""
            StandardOutput.print("\(outcome.verdict.rawValue)\t\(spec.name)\t\(reason)\(outcome.message)")
        }
        return Self.status(of: outcomes)
    }

    /// The rule of the aggregate: a required target decides, a degrading one can only degrade, an informational one nothing.
    static func status(of outcomes: [(ProbeSpec, Outcome)]) -> CommandStatus {
        guard !outcomes.isEmpty else { return .unhealthy }
        var worst = CommandStatus.healthy
        for (spec, outcome) in outcomes {
            let status: CommandStatus =
                switch (spec.impact, outcome.verdict) {
                case (.informational, _), (_, .healthy), (.degrading, .degraded): .healthy
                case (.degrading, _), (.required, .degraded): .degraded
                case (.required, .unhealthy): .unhealthy
                case (.required, .unknown): .unknown
                }
            worst = worse(worst, status)
        }
        return worst
    }

    private static func worse(_ left: CommandStatus, _ right: CommandStatus) -> CommandStatus {
        let order: [CommandStatus] = [.healthy, .degraded, .unknown, .unhealthy]
        let rank = { (status: CommandStatus) in order.firstIndex(of: status) ?? order.count }
        return rank(left) >= rank(right) ? left : right
    }
}
