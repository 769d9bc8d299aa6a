// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("SeriesSummary")
struct SeriesSummaryTests {
    private static func summary(_ runs: [(Verdict, FailureReason?, Int)]) -> SeriesSummary {
        var summary = SeriesSummary()
        for (verdict, reason, milliseconds) in runs {
            summary.add(
                Outcome(
                    verdict: verdict,
                    layer: .l7OK,
                    failure: reason.map { Failure($0, "") },
                    startedAt: MonotonicInstant(nanoseconds: 0),
                    duration: .milliseconds(milliseconds)
                )
            )
        }
        return summary
    }

    private static func spec() throws -> ProbeSpec {
        ProbeSpec(name: try #require(TargetName("a")), probe: .tcp(TCPProbe(address: try HostPort("db:5432"))))
    }

    @Test("verdicts, reasons and durations are summed up; a warning is no failure")
    func text() throws {
        var runs: [(Verdict, FailureReason?, Int)] = (1...97).map { (.healthy, nil, $0) }
        runs += [(.degraded, .status, 98), (.unhealthy, .timeout, 2_000), (.unknown, .internal, 99)]
        #expect(
            try Self.summary(runs).text(of: Self.spec()) == """
                --- tcp db:5432
                100 probes: 97 healthy, 1 degraded, 1 unhealthy, 1 unknown; 2% failed
                reasons: timeout 1, status 1, internal 1
                duration: min 1ms, median 50ms, p99 99ms, max 2s
                """
        )
        #expect(
            try Self.summary([(.healthy, nil, 3)]).text(of: Self.spec()) == """
                --- tcp db:5432
                1 probe: 1 healthy; 0% failed
                duration: min 3ms, median 3ms, p99 3ms, max 3ms
                """
        )
    }

    @Test("one failure among thousands is not rounded away")
    func rare() throws {
        var runs: [(Verdict, FailureReason?, Int)] = [(.unhealthy, .refused, 1)]
        runs += Array(repeating: (.healthy, nil, 1), count: 4_999)
        #expect(try Self.summary(runs).text(of: Self.spec()).contains("; 0.1% failed"))
    }

    @Test("before the first run there is nothing to tell, and no verdict")
    func empty() throws {
        let summary = SeriesSummary()
        #expect(try summary.text(of: Self.spec()) == "--- tcp db:5432\nno probe has ended")
        #expect(summary.worst == nil)
        #expect(summary.json.contains(#""count":0,"#))
        #expect(summary.json.contains(#""min_s":null"#))
    }

    @Test(
        "the exit code comes from the worst run: a target that is down is worse than one of which nothing is known",
        arguments: [
            ([Verdict.healthy, .degraded, .healthy], Verdict.degraded), ([.degraded, .unknown, .healthy], .unknown),
            ([.unhealthy, .unknown, .healthy], .unhealthy), ([.healthy], .healthy),
        ]
    )
    func worst(verdicts: [Verdict], expected: Verdict) {
        #expect(Self.summary(verdicts.map { ($0, nil, 1) }).worst == expected)
    }

    @Test("a series longer than what is kept tells the median of its last part, and the extremes of all")
    func bound() throws {
        var runs: [(Verdict, FailureReason?, Int)] = [(.healthy, nil, 1)]
        runs += Array(repeating: (.healthy, nil, 5), count: SeriesSummary.mostDurations)
        #expect(
            try Self.summary(runs).text(of: Self.spec()).hasSuffix("min 1ms, median 5ms, p99 5ms, max 5ms")
        )
    }

    @Test("the JSON object has every verdict and the durations in seconds")
    func json() {
        let runs: [(Verdict, FailureReason?, Int)] = [(.healthy, nil, 1), (.unhealthy, .refused, 3)]
        #expect(
            Self.summary(runs).json
                == #"{"summary":{"count":2,"verdicts":{"healthy":1,"degraded":0,"unhealthy":1,"unknown":0},"#
                + #""reasons":{"refused":1},"duration":{"min_s":0.001,"median_s":0.001,"p99_s":0.003,"max_s":0.003}}}"#
                + "\n"
        )
    }
}
