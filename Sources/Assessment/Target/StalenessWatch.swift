// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// When each target's last verdict grows too old; those that the aggregate may rest on apart, because they decide how long a
/// snapshot is fresh.
struct StalenessWatch {
    private var required = PostponedDeadlines()
    private var others = PostponedDeadlines()

    /// The earliest instants at which a required target and any target grow stale; linear in the number of targets.
    var earliest: (required: MonotonicInstant?, any: MonotonicInstant?) {
        let required = required.earliest
        return (required, MonotonicInstant.earlier(required, others.earliest))
    }

    /// The earliest instant at which any target grows stale, if it is not after `limit`.
    mutating func first(by limit: MonotonicInstant) -> MonotonicInstant? {
        MonotonicInstant.earlier(required.first(by: limit)?.deadline, others.first(by: limit)?.deadline)
    }

    /// Watches a target, or stops to when the instant is nil.
    mutating func set(_ staleAfter: MonotonicInstant?, for target: TargetID, isRequired: Bool) {
        if isRequired { others.remove(target) } else { required.remove(target) }
        switch (staleAfter, isRequired) {
        case (let instant?, true): required.set(instant, for: target)
        case (let instant?, false): others.set(instant, for: target)
        case (nil, true): required.remove(target)
        case (nil, false): others.remove(target)
        }
    }

    /// Stops to watch a target.
    mutating func remove(_ target: TargetID) {
        required.remove(target)
        others.remove(target)
    }

    /// Stops to watch a target that is stale by now, and returns it; required ones come first.
    mutating func popExpired(now: MonotonicInstant) -> TargetID? {
        if let first = required.first(by: now) {
            required.remove(first.target)
            return first.target
        }
        guard let first = others.first(by: now) else { return nil }
        others.remove(first.target)
        return first.target
    }
}
