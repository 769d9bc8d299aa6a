// SPDX-License-Identifier: Apache-2.0

/// How many targets there are of each status, whatever their impact, and for how many the start still waits.
///
/// Kept while targets change one by one, so that nobody who asks looks at all of them.
package struct TargetCensus: Hashable, Sendable {
    private var tally = StatusTally()
    /// How many required targets have had no verdict, those in maintenance left out.
    package private(set) var awaited = 0

    package init(_ targets: [TargetHealth] = []) {
        for target in targets { add(target) }
    }

    /// How many have this status.
    package subscript(status: TargetStatus) -> Int { tally[.required, status] }

    /// Counts one more.
    package mutating func add(_ target: TargetHealth) {
        tally.add(.required, target.status)
        if target.isAwaited { awaited += 1 }
    }

    /// Counts one less, which must have been counted as it is.
    package mutating func remove(_ target: TargetHealth) {
        tally.remove(.required, target.status)
        if target.isAwaited { awaited -= 1 }
    }
}

extension TargetHealth {
    /// Whether the agent has not started as long as it is so.
    fileprivate var isAwaited: Bool { impact == .required && status == .starting && maintenance == nil }
}
