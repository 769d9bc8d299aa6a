// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers
import Synchronization
import Testing

@Suite("ScriptProber: the start of a run")
struct ScriptStartTests {
    @Test(
        "a script that cannot be executed is unhealthy, with words that say why",
        arguments: [
            ("missing", "cannot run DIR/missing: No such file or directory", ENOENT),
            ("not-executable", "cannot run DIR/not-executable: Permission denied", EACCES),
            ("no-format", "cannot run DIR/no-format: Exec format error", ENOEXEC),
            ("bad-interpreter", "cannot run DIR/bad-interpreter: its interpreter does not exist", ENOENT),
        ]
    )
    func cannotExecute(name: String, message: String, code: Int32) async throws {
        let folder = try ScriptFolder()
        _ = try folder.script("exit 0", named: "not-executable", mode: 0o644)
        _ = try folder.script("hello", named: "no-format", interpreter: "")
        _ = try folder.script("exit 0", named: "bad-interpreter", interpreter: "/nowhere/sh")
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: ["\(folder.path)/\(name)"]))
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.layer == .l7Response)
        #expect(outcome.failure?.reason == .execSpawn)
        #expect(outcome.failure?.message == message.split(separator: "DIR").joined(separator: folder.path))
        #expect(outcome.failure?.evidence.systemError?.code == code)
    }

    @Test("a script that others can change is not executed, and is again when they cannot")
    func untrusted() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script("echo ran > DIR/ran", mode: 0o777)
        let refused = try await ProbersTests.outcome(of: ScriptProbe(command: [script]))
        #expect(refused.verdict == .unhealthy)
        #expect(refused.failure?.reason == .execSpawn)
        #expect(refused.failure?.message == "\(script) can be changed by others than its owner (mode 0777)")
        #expect(access("\(folder.path)/ran", F_OK) != 0)
        chmod(script, 0o700)
        #expect(try await ProbersTests.outcome(of: ScriptProbe(command: [script])).verdict == .healthy)
    }

    @Test("a script that was deleted between two runs is unhealthy from then on")
    func deleted() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script("rm DIR/check")
        let outcomes = try await withLoop { loop in
            try await loop.outcomes(of: ScriptProbe(command: [script]), timeLimit: .seconds(20), count: 2)
        }
        #expect(outcomes.map(\.verdict) == [.healthy, .unhealthy])
        #expect(outcomes[1].failure?.reason == .execSpawn)
    }

    @Test(
        "a process that cannot be had is our fault and nothing is learned",
        arguments: [EAGAIN, ENOMEM, EMFILE, ENFILE]
    )
    func noProcess(code: Int32) async throws {
        let error = SystemError(code: code)
        let result = try await withLoop { loop in
            await loop.outcomeAndBudget(spawner: ScriptedSpawner(failure: SpawnFailure(.ours, error)))
        }
        #expect(result.outcome.verdict == .unknown)
        #expect(result.outcome.failure?.reason == .internal)
        #expect(result.outcome.failure?.message == "cannot start a process: \(error.text)")
        #expect(result.outcome.failure?.evidence.systemError == error)
        #expect(result.held == 0)
    }

    @Test(
        "without enough descriptors in the budget nothing is started",
        arguments: [(2, Verdict.unknown), (3, .healthy)]
    )
    func budget(limit: Int, verdict: Verdict) async throws {
        let result = try await withLoop(descriptorLimit: limit) { loop in
            await loop.outcomeAndBudget(spawner: try SystemProcessSpawner())
        }
        #expect(result.outcome.verdict == verdict)
        #expect(result.outcome.failure?.reason == (verdict == .healthy ? nil : .internal))
        #expect(
            result.outcome.failure?.message == (verdict == .healthy ? nil : "all 2 descriptors for probes are in use")
        )
        #expect(result.held == 0)
    }

    @Test("a run whose deadline has passed is not started, and that is our fault")
    func tooLate() async throws {
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: ["/bin/true"]), timeLimit: .zero)
        #expect(outcome.verdict == .unknown)
        #expect(outcome.failure?.reason == .internal)
        #expect(outcome.failure?.message == "no time was left when the probe started")
    }

    @Test("a program that cannot be killed ends its run in time, and no other is started beside it")
    func stuck() async throws {
        let result = try await withLoop { loop in
            let spawner = ScriptedSpawner(failure: nil)
            let outcomes = await loop.outcomesOfStuckProgram(spawner)
            return (outcomes, spawner.spawnCount)
        }
        #expect(result.0.map(\.failure?.reason) == [.execTimeout, .execTimeout, nil])
        #expect(result.0[0].failure?.message == "not done in 50ms, killed")
        #expect(result.0[1].failure?.message == "the last run (process 4711) was killed and does not end")
        #expect(result.0[1].verdict == .unhealthy)
        #expect(result.1 == 2)
    }

    @Test("a flood of output does not hold the program up, and its beginning is kept")
    func flood() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script(
            "echo start\nhead -c 67108864 /dev/zero | tr '\\0' x\necho errors >&2\necho end\nexit 1"
        )
        let probe = ScriptProbe(command: [script], maximumOutputBytes: 1_000)
        let outcome = try await ProbersTests.outcome(of: probe, timeLimit: .seconds(60))
        #expect(outcome.verdict == .degraded)
        #expect(outcome.observed.output == "start\n" + String(repeating: "x", count: 994))
        #expect(outcome.failure?.evidence.excerpt?.count == 200)
    }

    @Test("P5: an endless flood on both streams is ended at the timeout")
    func endlessFlood() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script("trap '' TERM\nyes >&2 &\nyes")
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: [script]), timeLimit: .seconds(3))
        #expect(outcome.failure?.reason == .execTimeout)
        #expect(outcome.observed.output == String(repeating: "y\n", count: 4_096))
    }

    @Test("bytes that are no text are shown as such")
    func binaryOutput() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script(#"printf 'a\033[2Jb\377c\r\nd'"#)
        let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: [script]))
        #expect(outcome.observed.output == "a\u{FFFD}[2Jb\u{FFFD}c\nd")
    }
}

/// Starts no process: fails, or gives one that only ends when it is told to.
private final class ScriptedSpawner: ProcessSpawner {
    private struct State {
        var spawnCount = 0
        var isStuck = true
    }

    private let failure: SpawnFailure?
    private let state = Mutex(State())

    init(failure: SpawnFailure?) {
        self.failure = failure
    }

    var spawnCount: Int { state.withLock(\.spawnCount) }

    func release() {
        state.withLock { $0.isStuck = false }
    }

    func spawn(_ program: Program) throws(SpawnFailure) -> SpawnedProcess {
        if let failure { throw failure }
        state.withLock { $0.spawnCount += 1 }
        var descriptors: [CInt] = []
        for _ in 0..<3 {
            // The read end of a pipe without a writer is readable at once; one with a writer never is.
            var ends: [CInt] = [0, 0]
            guard pipe(&ends) == 0 else { throw SpawnFailure(.ours, SystemError(code: errno)) }
            _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
            close(ends[1])
            descriptors.append(ends[0])
        }
        return SpawnedProcess(
            id: ProcessID(4_711),
            exitDescriptor: descriptors[0],
            outputDescriptor: descriptors[1],
            errorDescriptor: descriptors[2]
        )
    }

    func send(_ signal: ProcessSignal, toGroupOf leader: ProcessID) {}
    func kill(_ child: ProcessID) {}
    func hasEnded(_ child: ProcessID) -> Bool { state.withLock { !$0.isStuck } }
    func reap(_ child: ProcessID) -> ProcessExit? { hasEnded(child) ? .code(0) : nil }
    func orphans() -> [ProcessID] { [] }
    func children(of parent: ProcessID) -> [ProcessID] { [] }
    func facts(of process: ProcessID) -> ProcessFacts? { nil }
}

extension EventLoop {
    fileprivate func outcomeAndBudget(spawner: any ProcessSpawner) async -> (outcome: Outcome, held: Int) {
        let reaper = ProcessReaper(spawner: spawner)
        let outcome = await run(ScriptProber.forTests(ScriptProbe(command: ["/bin/true"]), reaper: reaper))
        return (outcome, budget.held)
    }

    /// The outcomes of a run that sticks, of one beside it, and of one after it.
    fileprivate func outcomesOfStuckProgram(_ spawner: ScriptedSpawner) async -> [Outcome] {
        let reaper = ProcessReaper(spawner: spawner)
        let prober = ScriptProber.forTests(ScriptProbe(command: ["/bin/true"]), reaper: reaper)
        let first = await run(prober, 1, timeLimit: .milliseconds(50))
        let second = await run(prober, 2)
        spawner.release()
        _ = await reaper.waitUntilEmpty(until: now.advanced(by: .seconds(60)), on: self)
        let third = await run(prober, 3)
        return [first, second, third]
    }
}
