// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What an earlier run has left.
package struct SavedState: Hashable, Sendable {
    package var targets: [TargetName: RestorableTarget] = [:]
    /// The windows with what is left of them; none that are over.
    package var maintenance: [SavedMaintenance] = []
    /// How many entries were damaged and are left out.
    package var damaged = 0

    package init() {}
}

/// A span of a target's history.
package struct HistorySpan: Hashable, Sendable {
    /// Its first second, since 1970-01-01T00:00:00Z.
    package var start: WallTime
    package var rollup: RunRollup

    package init(start: WallTime, rollup: RunRollup) {
        self.start = start
        self.rollup = rollup
    }
}

/// How finely history is asked for.
package enum HistoryStep: String, CaseIterable, Hashable, Sendable {
    case minute, hour

    /// The length of a span, in seconds.
    package var seconds: Int64 {
        switch self {
        case .minute: 60
        case .hour: 3_600
        }
    }
}
