// SPDX-License-Identifier: Apache-2.0

/// How many targets, or targets and groups, there are of each impact and status.
package struct StatusTally: Hashable, Sendable {
    private var counts = Array(repeating: 0, count: Impact.allCases.count * TargetStatus.allCases.count)

    package init() {}

    /// How many have this impact and status.
    package subscript(impact: Impact, status: TargetStatus) -> Int {
        counts[Self.cell(impact, status)]
    }

    /// Counts one more.
    package mutating func add(_ impact: Impact, _ status: TargetStatus) {
        counts[Self.cell(impact, status)] += 1
    }

    /// Counts one less.
    package mutating func remove(_ impact: Impact, _ status: TargetStatus) {
        counts[Self.cell(impact, status)] -= 1
    }

    /// How many have this impact.
    package func total(_ impact: Impact) -> Int {
        TargetStatus.allCases.reduce(0) { $0 + self[impact, $1] }
    }

    /// How many of this impact are healthy or degraded.
    package func passing(_ impact: Impact) -> Int {
        self[impact, .healthy] + self[impact, .degraded]
    }

    /// How many of this impact are unhealthy or stale.
    package func down(_ impact: Impact) -> Int {
        self[impact, .unhealthy] + self[impact, .stale]
    }

    /// How many are not merely shown.
    package var voters: Int { total(.required) + total(.degrading) }

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
