// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@Suite("ProcessReaper")
struct ProcessReaperTests {
    private static let program = Program(path: "/x", arguments: ["x"], environment: ["A=b"])

    @Test("a run that leaves nothing is gone at once, with its exit")
    func nothingLeft() async throws {
        let result = try await withReaper { reaper, processes, loop in
            let run = try reaper.start(Self.program)
            processes.end(run.process.id.number, .code(3))
            let exit = reaper.collect(run)
            let observer = GoneObserver()
            reaper.end(run, for: observer, on: loop)
            return (exit, observer.exits, reaper.isEmpty, processes.all.count)
        }
        #expect(result.0 == .code(3))
        #expect(result.1 == [.code(3)])
        #expect(result.2)
        #expect(result.3 == 0)
    }

    @Test("a run that is under way has no exit, and its program is not touched")
    func underWay() async throws {
        let result = try await withReaper { reaper, processes, _ in
            let run = try reaper.start(Self.program)
            return (reaper.collect(run), processes.all.count, reaper.isEmpty)
        }
        #expect(result.0 == nil)
        #expect(result.1 == 1)
        #expect(!result.2)
    }

    @Test("each run has a marker of its own in the environment of its program, after what the caller gave")
    func markers() async throws {
        let markers = try await withReaper { reaper, processes, _ in
            let runs = [try reaper.start(Self.program), try reaper.start(Self.program)]
            return runs.map { ($0.marker, processes.all[$0.process.id.number]?.marker) }
        }
        #expect(markers[0].0 == markers[0].1)
        #expect(markers[1].0 == markers[1].1)
        #expect(markers[0].0 != markers[1].0)
        #expect(markers.allSatisfy { $0.0.text.utf8.count == 32 })
    }

    @Test("what another part of the process started is neither killed nor reaped")
    func strangers() async throws {
        let result = try await withReaper { reaper, processes, loop in
            let running = processes.fork(SimulatedProcesses.agent)
            let zombie = processes.fork(SimulatedProcesses.agent)
            processes.end(zombie)
            let run = try reaper.start(Self.program)
            reaper.end(run, for: nil, on: loop)
            return (reaper.isEmpty, Set(processes.all.keys) == [running, zombie])
        }
        #expect(result == (true, true))
    }

    @Test("an orphan that names another run is spared until that run ends")
    func otherRun() async throws {
        let result = try await withReaper { reaper, processes, loop in
            let first = try reaper.start(Self.program)
            let second = try reaper.start(Self.program)
            let parent = processes.fork(second.process.id.number)
            let orphan = processes.fork(parent) { $0.session = -1 }
            processes.end(parent)
            reaper.end(first, for: nil, on: loop)
            let spared = processes.all[orphan] != nil
            reaper.end(second, for: nil, on: loop)
            return (spared, processes.all.count, reaper.isEmpty)
        }
        #expect(result == (true, 0, true))
    }

    @Test("an orphan that tells nothing is spared until every run that may own it has ended")
    func suspect() async throws {
        let result = try await withReaper { reaper, processes, loop in
            let first = try reaper.start(Self.program)
            let second = try reaper.start(Self.program)
            let parent = processes.fork(second.process.id.number)
            let orphan = processes.fork(parent) {
                $0.session = -1
                $0.marker = nil
            }
            processes.end(parent)
            reaper.end(first, for: nil, on: loop)
            // Started when the orphan was known already, so it cannot own it.
            let third = try reaper.start(Self.program)
            let spared = processes.all[orphan] != nil
            processes.end(second.process.id.number)
            _ = reaper.collect(second)
            reaper.end(second, for: nil, on: loop)
            let killed = processes.all[orphan] == nil
            reaper.end(third, for: nil, on: loop)
            return (spared, killed, reaper.isEmpty)
        }
        #expect(result == (true, true, true))
    }

    @Test("a process that stayed in its program's session is known by it, whatever it did to its environment")
    func session() async throws {
        let result = try await withReaper { reaper, processes, loop in
            let first = try reaper.start(Self.program)
            let second = try reaper.start(Self.program)
            let parent = processes.fork(first.process.id.number)
            let orphan = processes.fork(parent) { $0.marker = nil }
            processes.end(parent)
            processes.setKillable(orphan, false)
            let other = processes.fork(second.process.id.number) { $0.marker = nil }
            reaper.end(first, for: nil, on: loop)
            processes.setKillable(orphan, true)
            reaper.end(try reaper.start(Self.program), for: nil, on: loop)
            return (processes.all[orphan] == nil, processes.all[other] != nil)
        }
        #expect(result == (true, true))
    }

    @Test("a run with a process that cannot be killed is not gone, holds up no other run, and goes when it can")
    func unkillable() async throws {
        let result = try await withReaper { reaper, processes, loop in
            let stuck = try reaper.start(Self.program)
            let orphan = processes.fork(stuck.process.id.number) { $0.session = -1 }
            processes.setKillable(orphan, false)
            let observer = GoneObserver()
            reaper.end(stuck, for: observer, on: loop)
            let other = GoneObserver()
            reaper.end(try reaper.start(Self.program), for: other, on: loop)
            let before = (observer.exits.count, reaper.isGone(stuck), other.exits.count)
            processes.setKillable(orphan, true)
            let isEmpty = await reaper.waitUntilEmpty(until: loop.now.advanced(by: .seconds(60)), on: loop)
            return (before, isEmpty, observer.exits)
        }
        #expect(result.0 == (0, false, 1))
        #expect(result.1)
        #expect(result.2 == [.signal(9)])
    }

    @Test("waiting for an end that does not come is over at the deadline")
    func waitDeadline() async throws {
        let isEmpty = try await withReaper { reaper, _, loop in
            _ = try reaper.start(Self.program)
            return await reaper.waitUntilEmpty(until: loop.now.advanced(by: .milliseconds(5)), on: loop)
        }
        #expect(!isEmpty)
    }

    @Test(
        "whatever tree of processes a run makes, none is left and no other run is touched",
        arguments: 0..<200 as Range<UInt64>
    )
    func anyTree(seed: UInt64) async throws {
        let result = try await withReaper { reaper, processes, loop in
            var random = SplitMix(seed: seed)
            let bystander = try reaper.start(Self.program)
            let run = try reaper.start(Self.program)
            processes.growTree(below: run.process.id.number, with: &random)
            let endsItself = Bool.random(using: &random)
            if endsItself { processes.end(run.process.id.number) }
            _ = reaper.collect(run)
            reaper.end(run, for: nil, on: loop)
            let bystanderLives = processes.all[bystander.process.id.number]?.isZombie == false
            reaper.end(bystander, for: nil, on: loop)
            let isEmpty = await reaper.waitUntilEmpty(until: loop.now.advanced(by: .seconds(60)), on: loop)
            return (bystanderLives, processes.all.count, isEmpty)
        }
        #expect(result == (true, 0, true))
    }
}

extension SimulatedProcesses {
    /// Forks, leaves sessions, removes environments and ends at random.
    fileprivate func growTree(below root: Int32, with random: inout SplitMix) {
        var members = [root]
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            let parent = members[Int.random(in: 0..<members.count, using: &random)]
            guard let process = all[parent], !process.isZombie else { continue }
            let leavesSession = Bool.random(using: &random)
            let removesEnvironment = Bool.random(using: &random)
            members.append(
                fork(parent) { child in
                    if leavesSession { child.session = -1 }
                    if removesEnvironment { child.marker = nil }
                }
            )
            if Int.random(in: 0..<4, using: &random) == 0 {
                let victim = members[Int.random(in: 0..<members.count, using: &random)]
                if victim != root { end(victim) }
            }
        }
    }
}

/// Sebastiano Vigna's SplitMix64, so that a seed names a case.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

private final class GoneObserver: ProcessRunObserver {
    var exits: [ProcessExit] = []

    func runIsGone(_ run: ProcessRun, exit: ProcessExit, on loop: isolated EventLoop) {
        exits.append(exit)
    }
}

private func withReaper<Result: Sendable>(
    _ body: @Sendable (ProcessReaper, SimulatedProcesses, isolated EventLoop) async throws -> Result
) async throws -> Result {
    let loop = EventLoop(kernel: try SystemKernel())
    let thread = try LoopThread(running: loop, name: "reaper-test")
    do {
        let result = try await loop.withReaper(body)
        thread.stopAndJoin()
        return result
    } catch {
        thread.stopAndJoin()
        throw error
    }
}

extension EventLoop {
    fileprivate func withReaper<Result: Sendable>(
        _ body: @Sendable (ProcessReaper, SimulatedProcesses, isolated EventLoop) async throws -> Result
    ) async throws -> Result {
        let processes = SimulatedProcesses()
        return try await body(ProcessReaper(spawner: processes), processes, self)
    }
}
