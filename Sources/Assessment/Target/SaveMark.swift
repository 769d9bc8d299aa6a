// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What of a target is worth a write of its own when a verdict changes it.
///
/// Texts are not among it, because they tell of durations and differ every time. Failures in a row are, up to the number at
/// which nothing depends on them any more.
struct SaveMark: Hashable {
    private static let mostFailures = 10

    private let standing: Standing
    private let isStale: Bool
    private let state: BreakerHealth.State
    private let since: WallTime
    private let failures: Int
    private let isWarned: Bool
    private let isRestored: Bool

    init(_ record: TargetRecord) {
        standing = record.standing
        isStale = record.isStale
        state = record.breakerState
        since = record.breakerSince
        // The policy lies apart, and after most verdicts there is no failure.
        failures =
            record.consecutiveFailures == 0
            ? 0 : min(record.consecutiveFailures, max(record.spec.breaker.failureThreshold, Self.mostFailures))
        isWarned = record.lastWarning != nil
        isRestored = record.isRestored
    }
}
