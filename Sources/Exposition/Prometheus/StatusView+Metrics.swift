// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// The answer of `/metrics`; without detail no series has a target's name in it.
    package func metrics() -> Answer {
        let targets = showsDetail ? snapshot.targets : []
        var text = PrometheusText(expectedBytes: 4_096 + targets.count * 8_192)
        writeAgent(to: &text)
        writeProbes(of: targets, to: &text)
        writeBreakers(of: targets, to: &text)
        return Answer(code: 200, contentType: .prometheus, body: text.bytes)
    }

    private func writeAgent(to text: inout PrometheusText) {
        text.begin("bellwether_build_info", .gauge, "Always 1; the version is in the label.")
        text.sample(["version": snapshot.agent.version], 1)
        text.begin("bellwether_aggregate_status", .gauge, "1 for the status the agent answers with, 0 for the others.")
        for status in AggregateStatus.allCases {
            text.sample(["status": status.rawValue], status == snapshot.aggregate.status ? 1 : 0)
        }
        text.begin("bellwether_probes_in_flight", .gauge, "Probes that are running.")
        text.sample([:], snapshot.agent.probesInFlight)
        text.begin("bellwether_probe_lateness_seconds", .histogram, "How late probes started, against their due time.")
        text.histogram([:], snapshot.agent.lateness)
        writeProblems(of: snapshot.agent, to: &text)
    }

    private func writeProbes(of targets: [TargetHealth], to text: inout PrometheusText) {
        text.begin("bellwether_target_status", .gauge, "1 for the status of the target, 0 for the others.")
        for target in targets {
            for status in TargetStatus.allCases {
                text.sample(["target": target.name.text, "status": status.rawValue], status == target.status ? 1 : 0)
            }
        }
        text.begin("bellwether_probe_success", .gauge, "1 when the last probe passed, with or without a warning.")
        for target in targets {
            guard let verdict = target.lastOutcome?.verdict else { continue }
            text.sample(["target": target.name.text], verdict == .healthy || verdict == .degraded ? 1 : 0)
        }
        text.begin("bellwether_probes_total", .counter, "Probes by verdict.")
        for target in targets {
            for verdict in Verdict.allCases {
                let count = target.counters.verdicts[verdict] ?? 0
                text.sample(["target": target.name.text, "verdict": verdict.rawValue], count)
            }
        }
        text.begin("bellwether_probe_failures_total", .counter, "Probes that did not pass, by reason.")
        for target in targets {
            for reason in FailureReason.allCases {
                guard let count = target.counters.reasons[reason] else { continue }
                text.sample(["target": target.name.text, "reason": reason.rawValue], count)
            }
        }
        text.begin("bellwether_tls_not_after_seconds", .gauge, "When the chain's first certificate ends, in Unix time.")
        for target in targets {
            guard let certificate = target.lastOutcome?.observed.tls?.firstToExpire else { continue }
            text.sample(["target": target.name.text], max(0, certificate.notAfter))
        }
        text.begin("bellwether_probe_duration_seconds", .histogram, "Duration of each phase, and of the whole probe.")
        for target in targets {
            for phase in Phase.allCases {
                guard let histogram = target.counters.phases[phase] else { continue }
                text.histogram(["target": target.name.text, "phase": phase.rawValue], histogram)
            }
            text.histogram(["target": target.name.text, "phase": "total"], target.counters.duration)
        }
    }
}
