// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// When each target's last verdict grows too old; those that the aggregate may rest on apart, because they decide how long a
/// snapshot is fresh.
struct StalenessWatch {
    private var required = DeadlineQueue()
    private var others = DeadlineQueue()

    /// The earliest instant at which any target grows stale.
    var first: MonotonicInstant? {
        MonotonicInstant.earlier(required.first?.deadline, others.first?.deadline)
    }

    /// The earliest instant at which a required target grows stale.
    var firstRequired: MonotonicInstant? { required.first?.deadline }

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
        if let first = required.first, first.deadline <= now {
            required.remove(first.target)
            return first.target
        }
        guard let first = others.first, first.deadline <= now else { return nil }
        others.remove(first.target)
        return first.target
    }
}
