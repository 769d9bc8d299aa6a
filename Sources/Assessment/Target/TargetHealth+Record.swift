// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension TargetHealth {
    /// A target as publishers show it, its next due time aside.
    init(_ record: TargetRecord) {
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
            why: explanation.status,
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
            maintenance: record.maintenance
        )
    }
}
