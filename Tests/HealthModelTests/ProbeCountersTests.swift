// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("ProbeCounters")
struct ProbeCountersTests {
    private static let all = PhaseTimings(
        dns: .milliseconds(1),
        connect: .milliseconds(2),
        tls: .milliseconds(3),
        firstByte: .milliseconds(4),
        transfer: .milliseconds(5)
    )

    private func outcome(_ phases: PhaseTimings) -> Outcome {
        Outcome(
            verdict: .healthy,
            layer: .l7OK,
            startedAt: MonotonicInstant(nanoseconds: 0),
            duration: .milliseconds(20),
            phases: phases
        )
    }

    @Test("a phase is counted where a probe has reached it, and unknown before", arguments: Phase.allCases)
    func phase(_ phase: Phase) {
        var counters = ProbeCounters()
        #expect(counters[phase] == nil)
        counters.count(outcome(PhaseTimings()))
        #expect(counters[phase] == nil)
        counters.count(outcome(Self.all))
        counters.count(outcome(PhaseTimings(firstByte: .milliseconds(9))))
        #expect(counters[phase]?.count == (phase == .firstByte ? 2 : 1))
        #expect(counters.probes == 3)
    }

    @Test("the order in which phases are first reached makes no difference")
    func order() {
        let few = PhaseTimings(connect: .milliseconds(2), transfer: .milliseconds(7))
        var one = ProbeCounters()
        var other = ProbeCounters()
        for phases in [few, Self.all] { one.count(outcome(phases)) }
        for phases in [Self.all, few] { other.count(outcome(phases)) }
        #expect(one == other)
        #expect(one[.transfer]?.sumNanoseconds == 12_000_000)
        #expect(one[.dns]?.sumNanoseconds == 1_000_000)
    }
}
