// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// A snapshot as one listener shows it at one moment: where every rendering starts.
///
/// Renderings are pure functions of this value, so the same view always gives the same bytes.
package struct StatusView: Sendable {
    /// The snapshot as served at `now`; its aggregate says draining when the agent drains.
    package let snapshot: HealthSnapshot
    /// The moment it is shown.
    package let now: MonotonicInstant
    /// Whether names of targets and texts are shown.
    package let showsDetail: Bool
    /// The code of a degraded answer.
    package let degradedCode: Int
    /// Whether every required target has had a verdict.
    package let isStarted: Bool

    /// Makes the view of `snapshot` at `now`.
    ///
    /// - Parameters:
    ///   - snapshot: the newest snapshot, as published.
    ///   - now: the moment it is shown.
    ///   - drainingSince: when the agent began to drain; nil while it does not. Whatever the targets say, it then drains.
    ///   - showsDetail: whether names of targets and texts are shown.
    ///   - degradedCode: the code of a degraded answer.
    package init(
        _ snapshot: HealthSnapshot,
        at now: MonotonicInstant,
        drainingSince: WallTime? = nil,
        showsDetail: Bool = true,
        degradedCode: Int = 200
    ) {
        isStarted = snapshot.isStarted && snapshot.aggregate.status != .starting
        var served = snapshot.asServed(at: now)
        if let drainingSince, served.aggregate.status != .draining {
            served.aggregate = AggregateHealth(
                status: .draining,
                since: drainingSince,
                why: "the agent is shutting down"
            )
        }
        self.snapshot = served
        self.now = now
        self.showsDetail = showsDetail
        self.degradedCode = degradedCode
    }

    /// The aggregate's code and fields.
    package var statusCode: StatusCode {
        let causes = snapshot.aggregate.causes.compactMap { snapshot.target($0)?.nextDue }
        return StatusCode(
            snapshot.aggregate.status,
            degradedCode: degradedCode,
            isFailOpen: snapshot.aggregate.isFailOpen,
            retryAfter: retryAfter(causes.min())
        )
    }

    /// The code and fields of one target; draining, whatever the target says, while the agent drains.
    package func statusCode(of target: TargetHealth) -> StatusCode {
        StatusCode(
            snapshot.aggregate.status == .draining ? .draining : target.status.asAggregate,
            degradedCode: degradedCode,
            retryAfter: retryAfter(target.nextDue)
        )
    }

    /// The code and fields of one group; draining, whatever the group says, while the agent drains.
    package func statusCode(of group: GroupHealth) -> StatusCode {
        StatusCode(
            snapshot.aggregate.status == .draining ? .draining : group.status.asAggregate,
            degradedCode: degradedCode,
            retryAfter: retryAfter(group.causes.compactMap { snapshot.target($0)?.nextDue }.min())
        )
    }

    /// Whole seconds until `due`, rounded up, at least 1.
    func retryAfter(_ due: MonotonicInstant?) -> Int? {
        guard let due else { return nil }
        let (seconds, rest) = now.duration(to: due).inNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return max(1, Int(seconds) + (rest > 0 ? 1 : 0))
    }
}
