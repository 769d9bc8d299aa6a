// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// How many targets there are of each impact and status, from which the aggregate follows in constant time.
struct AggregateTally {
    private var counts = Array(repeating: 0, count: Impact.allCases.count * TargetStatus.allCases.count)
    private(set) var total = 0

    /// The rules, most important first; the first that holds decides.
    enum Rule: Equatable {
        /// The agent is shutting down.
        case draining
        /// There is nothing to be healthy.
        case noTargets
        /// A required target is unhealthy or stale.
        case requiredDown
        /// A required target has no passing verdict yet.
        case requiredStarting
        /// A degrading target is unhealthy or stale, or a required one is degraded.
        case degraded
        case healthy

        var status: AggregateStatus {
            switch self {
            case .draining: .draining
            case .noTargets, .requiredDown: .unhealthy
            case .requiredStarting: .starting
            case .degraded: .degraded
            case .healthy: .healthy
            }
        }
    }

    subscript(impact: Impact, status: TargetStatus) -> Int {
        counts[Self.cell(impact, status)]
    }

    mutating func add(_ impact: Impact, _ status: TargetStatus) {
        counts[Self.cell(impact, status)] += 1
        total += 1
    }

    mutating func remove(_ impact: Impact, _ status: TargetStatus) {
        counts[Self.cell(impact, status)] -= 1
        total -= 1
    }

    /// The rule that decides.
    func rule(isDraining: Bool) -> Rule {
        if isDraining { return .draining }
        if total == 0 { return .noTargets }
        if self[.required, .unhealthy] + self[.required, .stale] > 0 { return .requiredDown }
        if self[.required, .starting] > 0 { return .requiredStarting }
        let degrading = self[.degrading, .unhealthy] + self[.degrading, .stale]
        return self[.required, .degraded] + degrading > 0 ? .degraded : .healthy
    }

    private static func cell(_ impact: Impact, _ status: TargetStatus) -> Int {
        let column: Int
        switch status {
        case .healthy: column = 0
        case .degraded: column = 1
        case .unhealthy: column = 2
        case .starting: column = 3
        case .stale: column = 4
        }
        switch impact {
        case .required: return column
        case .degrading: return TargetStatus.allCases.count + column
        case .informational: return 2 * TargetStatus.allCases.count + column
        }
    }
}
