// SPDX-License-Identifier: Apache-2.0

package import HealthModel

extension StatusView {
    /// The answer of `/metrics`; without detail no series has a target's name in it.
    ///
    /// - Parameters:
    ///   - format: the format to write.
    ///   - facts: what the agent knows about itself; series of what is missing are left out.
    /// - Returns: the answer, linear in the number of targets: about 9 KB for each.
    package func metrics(_ format: MetricsFormat = .prometheus, _ facts: AgentFacts = AgentFacts()) -> Answer {
        let targets = showsDetail ? snapshot.targets.map(MeasuredTarget.init) : []
        var text = MetricsText(format, expectedBytes: 8_192 + targets.count * 14_000)
        writeAgent(facts.configuration, to: &text)
        if showsDetail { writeGroups(to: &text) }
        writeStatus(of: targets, to: &text)
        writeProbes(of: targets, to: &text)
        writeBreakers(of: targets, to: &text)
        if let scripts = snapshot.agent.scripts { writeBulkhead(scripts, to: &text) }
        if let server = facts.server { writeServer(server, to: &text) }
        if let process = facts.process { writeProcess(process, to: &text) }
        text.end()
        let vary = HTTPField(name: "Vary", value: "Accept")
        return Answer(code: 200, contentType: format.contentType, fields: [vary], body: text.bytes)
    }

    private func writeAgent(_ configuration: ConfigurationState?, to text: inout MetricsText) {
        text.begin("bellwether_build_info", .info, "Always 1; the version is in the label.")
        text.sample(MetricsText.Labels(["version": snapshot.agent.version]), 1)
        if let configuration {
            text.begin(
                "bellwether_config_valid",
                .gauge,
                "1 when the configuration read last was accepted, 0 when an older one is in force."
            )
            text.sample(.none, configuration.isValid ? 1 : 0)
            text.begin(
                "bellwether_config_reload_timestamp_seconds",
                .gauge,
                "When the configuration in force was read, in Unix time.",
                unit: "seconds"
            )
            text.sample(.none, seconds: configuration.acceptedAt.sinceEpoch)
        }
        text.begin("bellwether_aggregate_status", .gauge, "1 for the status the agent answers with, 0 for the others.")
        for status in AggregateStatus.allCases {
            let labels = MetricsText.Labels(["status": status.rawValue])
            text.sample(labels, status == snapshot.aggregate.status ? 1 : 0)
        }
        text.begin("bellwether_probes_in_flight", .gauge, "Probes that are running.")
        text.sample(.none, snapshot.agent.probesInFlight)
        text.begin(
            "bellwether_probe_lateness_seconds",
            .histogram,
            "How late probes started, against their due time.",
            unit: "seconds"
        )
        text.histogram(.none, snapshot.agent.lateness)
        writeProblems(of: snapshot.agent, to: &text)
    }

    private func writeGroups(to text: inout MetricsText) {
        text.begin("bellwether_group_status", .gauge, "1 for the status of the group, 0 for the others.")
        for group in snapshot.groups {
            let name = MetricsText.Labels(["group": group.name.text])
            for (status, labels) in Self.statusLabels {
                text.sample(name, and: labels, status == group.status ? 1 : 0)
            }
        }
    }

    private func writeStatus(of targets: [MeasuredTarget], to text: inout MetricsText) {
        text.begin("bellwether_target_status", .gauge, "1 for the status of the target, 0 for the others.")
        for target in targets {
            for (status, labels) in Self.statusLabels {
                text.sample(target.labels, and: labels, status == target.health.status ? 1 : 0)
            }
        }
    }

    private func writeProbes(of targets: [MeasuredTarget], to text: inout MetricsText) {
        text.begin("bellwether_probe_success", .gauge, "1 when the last probe passed, with or without a warning.")
        for target in targets {
            guard let verdict = target.health.lastOutcome?.verdict else { continue }
            text.sample(target.labels, verdict == .healthy || verdict == .degraded ? 1 : 0)
        }
        text.begin("bellwether_probes_total", .counter, "Probes by verdict.")
        for target in targets {
            for (verdict, labels) in Self.verdictLabels {
                text.sample(target.labels, and: labels, target.health.counters[verdict])
            }
        }
        text.begin("bellwether_probe_failures_total", .counter, "Probes that did not pass, by reason.")
        for target in targets where !target.health.counters.reasons.isEmpty {
            for (reason, labels) in Self.reasonLabels {
                guard let count = target.health.counters.reasons[reason] else { continue }
                text.sample(target.labels, and: labels, count)
            }
        }
        text.begin(
            "bellwether_tls_not_after_seconds",
            .gauge,
            "When the chain's first certificate ends, in Unix time.",
            unit: "seconds"
        )
        for target in targets {
            guard let certificate = target.health.lastOutcome?.observed.tls?.firstToExpire else { continue }
            text.sample(target.labels, max(0, certificate.notAfter))
        }
        text.begin(
            "bellwether_probe_duration_seconds",
            .histogram,
            "Duration of each phase, and of the whole probe.",
            unit: "seconds"
        )
        for target in targets {
            for (phase, labels) in Self.phaseLabels {
                guard let histogram = target.health.counters[phase] else { continue }
                text.histogram(target.labels, and: labels, histogram)
            }
            text.histogram(target.labels, and: Self.totalLabels, target.health.counters.duration)
        }
    }

    private static let statusLabels = TargetStatus.allCases.map { ($0, MetricsText.Labels(["status": $0.rawValue])) }
    private static let verdictLabels = Verdict.allCases.map { ($0, MetricsText.Labels(["verdict": $0.rawValue])) }
    private static let reasonLabels = FailureReason.allCases.map { ($0, MetricsText.Labels(["reason": $0.rawValue])) }
    private static let phaseLabels = Phase.allCases.map { ($0, MetricsText.Labels(["phase": $0.rawValue])) }
    private static let totalLabels = MetricsText.Labels(["phase": "total"])
}

/// A target with its name as labels, which are written many times.
struct MeasuredTarget {
    let health: TargetHealth
    /// `target="…"`.
    let labels: MetricsText.Labels
    /// `name="…"`, as the breakers' series have it.
    let breakerLabels: MetricsText.Labels

    init(_ health: TargetHealth) {
        self.health = health
        labels = MetricsText.Labels(["target": health.name.text])
        breakerLabels = MetricsText.Labels(["name": health.name.text])
    }
}

extension WallTime {
    /// The time since 1970-01-01T00:00:00Z.
    var sinceEpoch: Duration { .nanoseconds(nanosecondsSinceEpoch) }
}
