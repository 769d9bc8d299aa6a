// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers
import Testing

/// Promises P5 and P13: a script ends by its timeout, and nothing of it is left.
///
/// Most run in a process of their own: what removed its environment cannot be told from what the scripts of other tests left.
@Suite("ScriptProber: the end of a run")
struct ScriptSurvivorTests {
    /// Starts something that outlives its parent in `$1` of several ways, and waits until it runs.
    private static let survivor = """
        cat > DIR/survive <<'end'
        echo $$ > DIR/pid.new
        mv DIR/pid.new DIR/pid
        trap '' TERM HUP
        while :; do /bin/sleep 1000; done
        end
        case $1 in
        background) /bin/sh DIR/survive & ;;
        double-fork) ( /bin/sh DIR/survive & ) ;;
        session) setsid /bin/sh DIR/survive & ;;
        session-double-fork) ( setsid /bin/sh DIR/survive & ) ;;
        no-environment) ( setsid env -i /bin/sh DIR/survive </dev/null >/dev/null 2>&1 & ) ;;
        nested) ( setsid env -i /bin/sh -c '( setsid /bin/sh DIR/survive & ) ; exec /bin/sleep 1000' & ) ;;
        esac
        until test -s DIR/pid; do /bin/sleep 0.01; done
        """

    private static let ways = [
        "background", "double-fork", "session", "session-double-fork", "no-environment", "nested",
    ]

    @Test("P13: nothing outlives a program that ends by itself, and its outcome does not wait for it", arguments: ways)
    func survivorOfNormalEnd(way: String) async {
        await #expect(processExitsWith: .success) { [way] in
            let folder = try ScriptFolder()
            let script = try folder.script(Self.survivor + "\necho OK")
            let outcome = try await ProbersTests.outcome(of: ScriptProbe(command: [script, way]))
            #expect(outcome.verdict == .healthy)
            #expect(outcome.observed.output == "OK\n")
            let survivor = try #require(folder.number(in: "pid"))
            #expect(!exists(survivor))
        }
    }

    @Test("P13: nothing outlives a program that is killed at its timeout", arguments: ways)
    func survivorOfTimeout(way: String) async {
        await #expect(processExitsWith: .success) { [way] in
            let folder = try ScriptFolder()
            let script = try folder.script(
                "trap '' TERM\n" + Self.survivor + "\necho waiting\nwhile :; do /bin/sleep 1000; done"
            )
            let (outcome, isEmpty) = try await withLoop { loop in
                try await loop.outcomeAndEmptiness(of: ScriptProbe(command: [script, way]), timeLimit: .seconds(6))
            }
            #expect(isEmpty)
            #expect(outcome.verdict == .unhealthy)
            #expect(outcome.layer == .l7Timeout)
            #expect(outcome.failure?.reason == .execTimeout)
            #expect(outcome.failure?.message == "not done in 6s, killed")
            #expect(outcome.observed.output == "waiting\n")
            #expect(outcome.duration >= .seconds(6))
            let survivor = try #require(folder.number(in: "pid"))
            #expect(!exists(survivor))
        }
    }

    @Test("a program that ends when asked to, even with code 0, was too late")
    func endsWhenAsked() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script("trap 'echo asked; exit 0' TERM\n/bin/sleep 1000 & wait")
        let outcome = try await ProbersTests.outcome(
            of: ScriptProbe(command: [script]),
            timeLimit: .milliseconds(2_500)
        )
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.failure?.reason == .execTimeout)
        #expect(outcome.failure?.message == "not done in 2.5s, ended when asked to")
        #expect(outcome.observed.exitCode == 0)
        #expect(outcome.observed.output == "asked\n")
        #expect(outcome.duration >= .seconds(2))
    }

    @Test("a process group is asked as a whole before it is killed")
    func groupIsAsked() async throws {
        let folder = try ScriptFolder()
        let script = try folder.script(
            """
            /bin/sh -c 'trap "echo child asked; exit" TERM; /bin/sleep 1000 & wait' &
            trap '' TERM
            while :; do /bin/sleep 1000; done
            """
        )
        let outcome = try await ProbersTests.outcome(
            of: ScriptProbe(command: [script]),
            timeLimit: .milliseconds(2_500)
        )
        #expect(outcome.observed.output == "child asked\n")
        #expect(outcome.failure?.message == "not done in 2.5s, killed")
    }

    @Test("a process that forks faster than it dies is brought to an end")
    func forkChain() async {
        await #expect(processExitsWith: .success) {
            let folder = try ScriptFolder()
            // Each one leaves the session, removes its environment, starts the next one and ends.
            let script = try folder.script(
                """
                cat > DIR/chain <<'end'
                n=$1
                ( setsid env -i /bin/sh DIR/chain $((n + 1)) & )
                test $n -gt 200 && touch DIR/many
                end
                /bin/sh DIR/chain 1
                until test -e DIR/many; do /bin/sleep 0.01; done
                echo OK
                """
            )
            let result = try await withLoop { loop in
                try await loop.outcomeAndEmptiness(of: ScriptProbe(command: [script]))
            }
            #expect(result.outcome.verdict == .healthy)
            #expect(result.isEmpty)
        }
    }

    @Test("P13: stopping a prober while its script runs leaves nothing and tells nobody", arguments: ways)
    func stop(way: String) async {
        await #expect(processExitsWith: .success) { [way] in
            let folder = try ScriptFolder()
            let script = try folder.script(Self.survivor + "\nrm DIR/fifo\nwhile :; do /bin/sleep 1000; done")
            let fifo = "\(folder.path)/fifo"
            #expect(mkfifo(fifo, 0o600) == 0)
            let result = try await withLoop { loop in
                try await loop.stopMidRun(of: ScriptProbe(command: [script, way])) { access(fifo, F_OK) != 0 }
            }
            #expect(result.isEmpty)
            #expect(result.outcomes == 0)
            #expect(result.descriptorsHeld == 0)
            let survivor = try #require(folder.number(in: "pid"))
            #expect(!exists(survivor))
        }
    }

    @Test("two thousand runs leave no zombie, no other child and no descriptor")
    func manyRuns() async {
        await #expect(processExitsWith: .success) {
            let counts = try await withLoop { loop in
                _ = try await loop.outcomes(of: ScriptProbe(command: ["/bin/true"]), timeLimit: .seconds(20), count: 1)
                let before = openDescriptors()
                let outcomes = try await loop.outcomes(
                    of: ScriptProbe(command: ["/bin/true"]),
                    timeLimit: .seconds(60),
                    count: 2_000
                )
                let healthy = outcomes.count { $0.verdict == .healthy }
                return (healthy: healthy, leaked: openDescriptors() - before)
            }
            precondition(counts == (2_000, 0), "healthy runs and leaked descriptors: \(counts)")
            var status: Int32 = 0
            let child = waitpid(-1, &status, WNOHANG)
            precondition(child == -1 && errno == ECHILD, "child \(child) is left")
        }
    }
}

/// Whether a process is there, as a zombie too.
private func exists(_ process: Int32) -> Bool {
    kill(process, 0) == 0 || errno != ESRCH
}

private func openDescriptors() -> Int {
    (try? SystemFiles().entries(of: "/proc/self/fd", limit: 100_000).count) ?? -1
}

extension EventLoop {
    /// The outcome of one run, and whether nothing of it was left a little later.
    fileprivate func outcomeAndEmptiness(
        of probe: ScriptProbe,
        timeLimit: Duration = .seconds(20)
    ) async throws -> (outcome: Outcome, isEmpty: Bool) {
        let reaper = ProcessReaper(spawner: try SystemProcessSpawner())
        let prober = ScriptProber.forTests(probe, reaper: reaper)
        let outcome = await run(prober, timeLimit: timeLimit)
        prober.stop(on: self)
        return (outcome, await reaper.waitUntilEmpty(until: now.advanced(by: .seconds(20)), on: self))
    }

    /// Starts a run, stops the prober once `isUnderWay` says so, and waits until nothing is left.
    fileprivate func stopMidRun(
        of probe: ScriptProbe,
        when isUnderWay: @Sendable @escaping () -> Bool
    ) async throws -> (isEmpty: Bool, outcomes: Int, descriptorsHeld: Int) {
        let reaper = ProcessReaper(spawner: try SystemProcessSpawner())
        let prober = ScriptProber.forTests(probe, reaper: reaper)
        let counter = OutcomeCounter()
        prober.start(ProbeRunID(1), deadline: now.advanced(by: .seconds(60)), for: counter, on: self)
        await withCheckedContinuation(isolation: self) { continuation in
            _ = schedule(Poll(isUnderWay, continuation), at: now)
        }
        prober.stop(on: self)
        let isEmpty = await reaper.waitUntilEmpty(until: now.advanced(by: .seconds(20)), on: self)
        return (isEmpty, counter.count, budget.held)
    }
}

private final class OutcomeCounter: ProbeObserver {
    var count = 0

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        count += 1
    }
}

/// Looks every millisecond of the loop's clock whether something has happened.
private final class Poll: TimerHandler {
    private let hasHappened: () -> Bool
    private let continuation: CheckedContinuation<Void, Never>

    init(_ hasHappened: @escaping () -> Bool, _ continuation: CheckedContinuation<Void, Never>) {
        self.hasHappened = hasHappened
        self.continuation = continuation
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard !hasHappened() else { return continuation.resume() }
        loop.schedule(self, at: loop.now.advanced(by: .milliseconds(1)))
    }
}
