// SPDX-License-Identifier: Apache-2.0

extension HealthSnapshot {
    /// The snapshot as it may be shown at `now`: nothing too old in it passes for healthy.
    ///
    /// A target that is healthy or degraded by a verdict that is no longer believed becomes `stale`; the aggregate follows
    /// ``aggregate(at:)``. The texts depend on the instants of the snapshot only, not on `now`, so what was rendered
    /// from it stays right until ``changesNext(after:)``.
    package func asServed(at now: MonotonicInstant) -> HealthSnapshot {
        var served = self
        served.aggregate = aggregate(at: now)
        for index in targets.indices where targets[index].isOutdated(at: now) {
            served.targets[index].status = .stale
            served.targets[index].why = "no new verdict in time; the last one passed but is too old to be believed"
            if let staleAfter = targets[index].staleAfter {
                served.targets[index].since = wallTime(of: staleAfter)
            }
        }
        return served
    }

    /// The aggregate as it may be served at `now`: the snapshot's own, or unhealthy once it is no longer fresh.
    package func aggregate(at now: MonotonicInstant) -> AggregateHealth {
        guard now >= freshUntil, aggregate.status == .healthy || aggregate.status == .degraded else { return aggregate }
        let required = targets.filter { $0.impact == .required && $0.maintenance == nil }
        let stale = required.filter { $0.status == .stale || $0.isOutdated(at: now) }
        return AggregateHealth(
            status: .unhealthy,
            since: wallTime(of: freshUntil),
            why: "verdicts are stale: they were not renewed in time",
            causes: stale.map(\.name),
            change: "a new verdict for every required target"
        )
    }

    /// The first instant after `now` at which ``asServed(at:)`` may differ from what it is at `now`; nil when none will.
    package func changesNext(after now: MonotonicInstant) -> MonotonicInstant? {
        var next = freshUntil > now ? freshUntil : nil
        for target in targets {
            guard let staleAfter = target.staleAfter, staleAfter > now else { continue }
            next = min(next ?? staleAfter, staleAfter)
        }
        return next
    }

    /// The calendar time of an instant near the moment the snapshot was taken.
    package func wallTime(of instant: MonotonicInstant) -> WallTime {
        takenAtWallTime.advanced(by: takenAt.duration(to: instant))
    }
}

extension TargetHealth {
    /// Whether the target would pass by a verdict that is no longer believed at `now`.
    fileprivate func isOutdated(at now: MonotonicInstant) -> Bool {
        guard let staleAfter, status == .healthy || status == .degraded else { return false }
        return now >= staleAfter
    }
}
