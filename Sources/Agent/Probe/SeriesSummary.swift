// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel

/// What the runs of a series came to, as `ping` says at its end.
struct SeriesSummary {
    /// Most durations that are kept; of a longer series the last ones tell median and p99.
    static let mostDurations = 100_000

    /// How many runs had an outcome.
    private(set) var count = 0
    private var verdicts: [Verdict: Int] = [:]
    private var reasons: [FailureReason: Int] = [:]
    private var durations: [Duration] = []
    private var shortest: Duration?
    private var longest: Duration?
    /// The worst verdict so far; nil before the first run.
    private(set) var worst: Verdict?

    /// Counts one run.
    mutating func add(_ outcome: Outcome) {
        if durations.count < Self.mostDurations {
            durations.append(outcome.duration)
        } else {
            durations[count % Self.mostDurations] = outcome.duration
        }
        count += 1
        verdicts[outcome.verdict, default: 0] += 1
        if let reason = outcome.failure?.reason { reasons[reason, default: 0] += 1 }
        shortest = min(shortest ?? outcome.duration, outcome.duration)
        longest = max(longest ?? outcome.duration, outcome.duration)
        worst = worst.map { Self.rank($0) >= Self.rank(outcome.verdict) ? $0 : outcome.verdict } ?? outcome.verdict
    }

    /// Runs that did not pass: a warning passes.
    var failed: Int { verdicts[.unhealthy, default: 0] + verdicts[.unknown, default: 0] }

    /// Two or three lines for people.
    func text(of spec: ProbeSpec) -> String {
        let words = [Verdict.healthy, .degraded, .unhealthy, .unknown].compactMap { verdict in
            verdicts[verdict].map { "\($0) \(verdict.rawValue)" }
        }
        var lines = ["--- \(spec.probe.kind) \(spec.probe.subject)"]
        guard count > 0 else { return lines[0] + "\nno probe has ended" }
        let probes = count == 1 ? "1 probe" : "\(count) probes"
        lines.append("\(probes): \(words.joined(separator: ", ")); \(failedShare) failed")
        if !reasons.isEmpty {
            let counts = FailureReason.allCases.compactMap { reason in
                reasons[reason].map { "\(reason.rawValue) \($0)" }
            }
            lines.append("reasons: \(counts.joined(separator: ", "))")
        }
        if let shortest, let longest, let median = percentile(50), let p99 = percentile(99) {
            lines.append(
                "duration: min \(shortest.readable), median \(median.readable), p99 \(p99.readable), max \(longest.readable)"
            )
        }
        return lines.joined(separator: "\n")
    }

    /// The last line of `probe --repeat N --format json`.
    var json: String {
        let document = SeriesDocument(
            count: count,
            verdicts: verdicts,
            reasons: reasons,
            durations: [
                ("min_s", shortest), ("median_s", percentile(50)), ("p99_s", percentile(99)), ("max_s", longest),
            ]
        )
        return String(decoding: document.bytes, as: UTF8.self)
    }

    /// The share of runs that failed, as a percentage with at most one decimal, never rounded to an end that is not reached.
    private var failedShare: String {
        guard count > 0 else { return "0%" }
        let tenths = failed * 1_000 / count
        let shown = failed > 0 && tenths == 0 ? 1 : tenths
        return shown % 10 == 0 ? "\(shown / 10)%" : "\(shown / 10).\(shown % 10)%"
    }

    /// The duration that so many percent of the runs did not exceed (nearest rank); nil before the first run.
    private func percentile(_ percent: Int) -> Duration? {
        guard !durations.isEmpty else { return nil }
        let rank = (durations.count * percent + 99) / 100
        return durations.sorted()[max(0, rank - 1)]
    }

    /// How bad a verdict is: a target that is down is worse than one of which nothing is known.
    private static func rank(_ verdict: Verdict) -> Int {
        switch verdict {
        case .healthy: 0
        case .degraded: 1
        case .unknown: 2
        case .unhealthy: 3
        }
    }
}
