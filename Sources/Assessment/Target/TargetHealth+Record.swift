// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension TargetHealth {
    /// A target as publishers show it, its next due time aside.
    ///
    /// - Parameters:
    ///   - record: what is known of it.
    ///   - roots: the failed dependencies that its failure is attributed to.
    ///   - groups: those of its groups that are known.
    init(_ record: TargetRecord, roots: [TargetName], groups: [GroupName]) {
        let explanation = TargetExplanation(record)
        let spec = record.spec
        self.init(
            name: spec.name,
            kind: spec.probe.kind,
            subject: spec.probe.subject,
            impact: spec.impact,
            description: spec.description,
            tags: spec.tags,
            status: record.status,
            since: record.since,
            why: roots.isEmpty ? explanation.status : "\(explanation.status); \(Self.attribution(to: roots))",
            breaker: BreakerHealth(
                state: record.breakerState,
                since: record.breakerSince,
                why: explanation.breaker,
                halfOpensAt: record.halfOpensAt,
                consecutiveFailures: record.consecutiveFailures,
                succeeded: record.succeeded,
                failed: record.failed,
                rejected: record.rejected,
                transitions: record.transitions,
                hold: record.hold
            ),
            lastOutcome: record.lastOutcome,
            lastOutcomeAt: record.lastOutcomeAt,
            staleAfter: record.staleAfter,
            counters: record.counters,
            definition: record.definition,
            groups: groups,
            dependencies: spec.dependencies,
            attributedTo: roots,
            maintenance: record.maintenance
        )
    }

    private static func attribution(to roots: [TargetName]) -> String {
        "attributed to \(roots.map(\.text).joined(separator: ", ")), which it depends on"
    }
}
