// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension RolledHistory {
    /// The spans, and the bounds that the counts by duration of all of them share.
    var jsonValue: JSONValue {
        .members([
            "target": .string(target.text),
            "resolution": .string(step.rawValue),
            "bounds_s": .array(Histogram.bounds.map(JSONValue.seconds)),
            "spans": .array(spans.map(\.jsonValue)),
        ])
    }
}

extension HistorySpan {
    fileprivate var jsonValue: JSONValue {
        let others = UInt64(rollup.degraded) + UInt64(rollup.unhealthy) + UInt64(rollup.unknown)
        let reasons = rollup.reasons.sorted { $0.reason.rawValue < $1.reason.rawValue }
        return .members([
            "start": .string(start.rfc3339),
            "runs": .unsigned(UInt64(rollup.runs)),
            "healthy": .unsigned(UInt64(rollup.runs) - min(others, UInt64(rollup.runs))),
            "degraded": .unsigned(UInt64(rollup.degraded)),
            "unhealthy": .unsigned(UInt64(rollup.unhealthy)),
            "unknown": .unsigned(UInt64(rollup.unknown)),
            "reasons": .object(
                reasons.map { JSONValue.Member(name: $0.reason.rawValue, value: .unsigned(UInt64($0.count))) }
            ),
            "shortest_s": Self.seconds(rollup.shortestMicroseconds),
            "average_s": Self.seconds(rollup.averageMicroseconds),
            "longest_s": Self.seconds(rollup.longestMicroseconds),
            "buckets": .array(
                (0...Histogram.bounds.count).map { .unsigned(UInt64(rollup.buckets[$0])) }
            ),
        ])
    }

    private static func seconds(_ microseconds: UInt64) -> JSONValue {
        .seconds(.microseconds(Int64(clamping: microseconds)))
    }
}
