// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Testing

@Suite("ProcessProber")
struct ProcessProberTests {
    private static func run(
        _ probe: ProcessProbe,
        _ rule: @escaping @Sendable (ProcessSelector) -> (result: SurveyResult, after: Duration)?
    ) throws -> Outcome {
        let machine = SimulatedMachine()
        let box = OutcomeBox()
        machine.loop.simulate(.seconds(3)) { loop in
            let prober = ProcessProber(probe, survey: SimulatedSurvey(rule))
            prober.start(ProbeRunID(1), deadline: loop.now.advanced(by: .seconds(2)), for: box, on: loop)
        }
        #expect(machine.leaks == [])
        return try #require(box.outcome)
    }

    private static func probe(_ minimum: Int = 1, _ maximum: Int? = nil) -> ProcessProbe {
        ProcessProbe(selector: .name("nginx"), minimum: minimum, maximum: maximum)
    }

    @Test(
        "the number of processes is held against the bounds",
        arguments: [
            (probe(), 1, nil), (probe(2), 2, nil), (probe(2, 2), 2, nil), (probe(1, 4), 4, nil),
            (probe(2), 1, "1 process called nginx, expected at least 2"),
            (probe(2, 4), 5, "5 processes called nginx, expected 2 to 4"),
            (probe(1, 1), 2, "2 processes called nginx, expected 1"),
            (probe(0, 0), 3, "3 processes called nginx, expected 0"),
        ] as [(ProcessProbe, Int, String?)]
    )
    func bounds(probe: ProcessProbe, count: Int, message: String?) throws {
        let outcome = try Self.run(probe) { _ in (.running(count: count, ids: [7]), .milliseconds(3)) }
        #expect(outcome.verdict == (message == nil ? .healthy : .unhealthy))
        #expect(outcome.failure?.reason == (message == nil ? nil : .status))
        #expect(outcome.failure?.message == message)
        #expect(outcome.observed.facts == .processes(ProcessCensus(count: count, ids: [7])))
        #expect(outcome.duration == .milliseconds(3))
    }

    @Test("nothing found fails with why that is certain, unless nothing may run")
    func absent() throws {
        let rule: @Sendable (ProcessSelector) -> (result: SurveyResult, after: Duration)? = { _ in
            (.absent("no process is called nginx"), .zero)
        }
        let outcome = try Self.run(Self.probe(), rule)
        #expect(outcome.failure?.reason == .status)
        #expect(outcome.message == "no process is called nginx, expected at least 1")
        #expect(try Self.run(Self.probe(0, 0), rule).verdict == .healthy)
    }

    @Test("P7: a table that cannot be read, or not in time, says nothing about the process")
    func ours() throws {
        let hidden = try Self.run(Self.probe()) { _ in (.unknown("/proc hides"), .zero) }
        #expect(hidden.verdict == .unknown)
        #expect(hidden.failure?.reason == .internal)
        let hung = try Self.run(Self.probe()) { _ in nil }
        #expect(hung.message == "the process table was not read within 2s")
        #expect(hung.failure?.reason == .internal)
        #expect(hung.duration == .seconds(2))
    }
}
