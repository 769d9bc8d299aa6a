// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Synchronization
import Testing

@Suite("ScriptSlots")
struct ScriptSlotsTests {
    private let recorder = OutcomeRecorder()

    /// Starts `count` probes of programs that take `runtime` at once, `limit` places, 1 s each, and gives what came of them.
    private func outcomes(count: UInt64, limit: Int, runtime: Duration) -> [OutcomeRecorder.Entry] {
        let machine = SimulatedMachine(programs: .always(.exits(0, after: runtime)))
        machine.loop.simulate(.seconds(10)) { [recorder] loop in
            let reaper = ProcessReaper(spawner: machine.spawner, random: machine.kernel.random(for: "markers"))
            let host = ScriptHost(reaper: reaper, files: SimulatedFiles(programs: ["/check"]), user: 0, limit: limit)
            for number in 0..<count {
                let prober = ScriptProber.forTests(ScriptProbe(command: ["/check"]), host: host)
                let deadline = loop.now.advanced(by: .seconds(1))
                prober.start(ProbeRunID(number), deadline: deadline, for: recorder, on: loop)
            }
        }
        #expect(machine.kernel.openDescriptors.isEmpty)
        return recorder.all
    }

    @Test("no more programs run at once than there are places; the others follow, first come, first served")
    func firstCome() {
        let entries = outcomes(count: 6, limit: 2, runtime: .milliseconds(100))
        #expect(entries.map(\.run) == [0, 1, 2, 3, 4, 5])
        #expect(entries.map(\.outcome.verdict) == Array(repeating: .healthy, count: 6))
        let ends = entries.map { Int(($0.outcome.duration / .milliseconds(100)).rounded()) }
        #expect(ends == [1, 1, 2, 2, 3, 3])
    }

    @Test("what runs, waits, waited and waited in vain is counted")
    func counted() {
        let machine = SimulatedMachine(programs: .always(.exits(0, after: .milliseconds(700))))
        let seen = Mutex<[BulkheadHealth]>([])
        machine.loop.simulate(.seconds(10)) { [recorder] loop in
            let reaper = ProcessReaper(spawner: machine.spawner, random: machine.kernel.random(for: "markers"))
            let host = ScriptHost(reaper: reaper, files: SimulatedFiles(programs: ["/check"]), user: 0, limit: 1)
            for (number, timeout) in zip(UInt64(0)..., [Duration.seconds(1), .seconds(1), .seconds(3)]) {
                let prober = ScriptProber.forTests(ScriptProbe(command: ["/check"]), host: host)
                prober.start(ProbeRunID(number), deadline: loop.now.advanced(by: timeout), for: recorder, on: loop)
            }
            seen.withLock { $0.append(host.slots.health) }
            let later = Later { seen.withLock { $0.append(host.slots.health) } }
            _ = loop.schedule(later, at: loop.now.advanced(by: .seconds(5)))
        }
        let all = seen.withLock { $0 }
        #expect(all.map(\.active) == [1, 0])
        #expect(all.map(\.queued) == [2, 0])
        #expect(all.map(\.total) == [1, 3])
        #expect(all.map(\.timedOut) == [0, 1])
        #expect(all.map(\.rejected) == [0, 0])
        #expect(all.last?.wait.count == 2)
        #expect(all.last?.wait.sumNanoseconds == 700_000_000)
    }

    @Test("P7: who had no place by half of its time is not blamed, and starts nothing")
    func noPlace() {
        let entries = outcomes(count: 3, limit: 1, runtime: .milliseconds(700))
        #expect(entries.map(\.run) == [1, 2, 0])
        #expect(entries.map(\.outcome.failure?.reason) == [.internal, .internal, nil])
        let message = "other scripts took the only place for 500ms, half of the timeout"
        #expect(entries[0].outcome.failure?.message == message)
    }

    @Test("P7: a program that lost more than a tenth of its time to others is not blamed for being late")
    func lostTime() {
        for (runtime, reason) in [(50, FailureReason.execTimeout), (400, .internal)] {
            let machine = SimulatedMachine(
                programs: SimulatedPrograms { path, _, _ in
                    path == "/first" ? .exits(0, after: .milliseconds(runtime)) : .hangs(ignoresTerminate: false)
                }
            )
            let recorder = OutcomeRecorder()
            machine.loop.simulate(.seconds(10)) { loop in
                let reaper = ProcessReaper(spawner: machine.spawner, random: machine.kernel.random(for: "markers"))
                let files = SimulatedFiles(programs: ["/first", "/second"])
                let host = ScriptHost(reaper: reaper, files: files, user: 0, limit: 1)
                for (number, path) in ["/first", "/second"].enumerated() {
                    let prober = ScriptProber.forTests(ScriptProbe(command: [path]), host: host)
                    let deadline = loop.now.advanced(by: .seconds(1))
                    prober.start(ProbeRunID(UInt64(number)), deadline: deadline, for: recorder, on: loop)
                }
            }
            #expect(recorder.all.last?.outcome.failure?.reason == reason)
            #expect(recorder.all.last?.outcome.verdict == (reason == .internal ? .unknown : .unhealthy))
        }
    }

    @Test("a prober that is stopped while it waits gives up its turn")
    func stopped() {
        let machine = SimulatedMachine(programs: .always(.exits(0, after: .milliseconds(100))))
        machine.loop.simulate(.seconds(10)) { [recorder] loop in
            let reaper = ProcessReaper(spawner: machine.spawner, random: machine.kernel.random(for: "markers"))
            let host = ScriptHost(reaper: reaper, files: SimulatedFiles(programs: ["/check"]), user: 0, limit: 1)
            let probers = (0..<3).map { _ in ScriptProber.forTests(ScriptProbe(command: ["/check"]), host: host) }
            for (number, prober) in probers.enumerated() {
                let deadline = loop.now.advanced(by: .seconds(1))
                prober.start(ProbeRunID(UInt64(number)), deadline: deadline, for: recorder, on: loop)
            }
            probers[1].stop(on: loop)
            probers[0].stop(on: loop)
        }
        #expect(recorder.all.map(\.run) == [2])
        #expect(recorder.all.map(\.outcome.verdict) == [.healthy])
        #expect(machine.leaks == [])
    }
}

/// Remembers outcomes in the order they were told.
private final class OutcomeRecorder: ProbeObserver, Sendable {
    struct Entry: Sendable {
        var run: UInt64
        var outcome: Outcome
    }

    private let entries = Mutex<[Entry]>([])

    var all: [Entry] { entries.withLock { $0 } }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        entries.withLock { $0.append(Entry(run: run.number, outcome: outcome)) }
    }
}

private final class Later: TimerHandler {
    private let action: () -> Void

    init(_ action: @escaping () -> Void) {
        self.action = action
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) { action() }
}
