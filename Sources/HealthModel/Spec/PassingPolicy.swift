// SPDX-License-Identifier: Apache-2.0

/// How many of several must pass: `all`, `any`, `quorum: 60%` or `at_least: 2`.
///
/// It is asked of the members of a group that are required in it, and of the required targets and groups of the aggregate,
/// those in maintenance left out.
package enum PassingPolicy: Hashable, Sendable {
    /// Every one. The default; `worst` in the words of the aggregate.
    case all
    /// One.
    case any
    /// A share of them, more than 0 and at most 1, rounded up.
    case share(Double)
    /// So many, at least 1; all of them where fewer are left outside maintenance.
    case count(Int)

    /// How many of `counted` must pass: 0 where there are none, otherwise 1 to `counted`.
    package func needed(of counted: Int) -> Int {
        guard counted > 0 else { return 0 }
        switch self {
        case .all: return counted
        case .any: return 1
        case .share(let share):
            // Hardly any percentage is a binary fraction: 7% of 100 is 7.000000000000001.
            let exact = share * Double(counted) - 1e-9
            return min(counted, max(1, Int(exact.rounded(.up))))
        case .count(let count): return min(counted, max(1, count))
        }
    }
}
