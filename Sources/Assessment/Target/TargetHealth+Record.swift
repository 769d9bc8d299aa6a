// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension TargetHealth {
    /// A target as publishers show it.
    ///
    /// - Parameters:
    ///   - record: what is known of it.
    ///   - identity: its definition as it is shown.
    ///   - roots: the failed dependencies that its failure is attributed to.
    ///   - nextDue: when its next probe starts.
    init(_ record: TargetRecord, _ identity: TargetIdentity, roots: [TargetName], nextDue: MonotonicInstant?) {
        let explanation = TargetExplanation(record)
        self.init(
            identity,
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
            nextDue: nextDue,
            counters: record.counters,
            definition: record.definition,
            attributedTo: roots,
            maintenance: record.maintenance,
            isRestored: record.isRestored
        )
    }

    private static func attribution(to roots: [TargetName]) -> String {
        "attributed to \(roots.map(\.text).joined(separator: ", ")), which it depends on"
    }
}
