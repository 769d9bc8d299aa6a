// SPDX-License-Identifier: Apache-2.0

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

/// What is stored of a target's runs, added up by minute or hour.
package struct RolledHistory: Hashable, Sendable {
    package let target: TargetName
    package let step: HistoryStep
    /// Oldest first; none for a span without runs.
    package let spans: [HistorySpan]

    package init(target: TargetName, step: HistoryStep, spans: [HistorySpan]) {
        self.target = target
        self.step = step
        self.spans = spans
    }
}
