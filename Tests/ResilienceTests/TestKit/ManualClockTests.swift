// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@Suite("Manual clock")
struct ManualClockTests {
    @Test("durations and instants obey the laws of InstantProtocol", arguments: [(0, 5), (5, 0), (3, 3)])
    func laws(first: Int, second: Int) {
        let left = ManualClock.Instant(offset: .seconds(first))
        let right = ManualClock.Instant(offset: .seconds(second))
        #expect(left.duration(to: right) == .seconds(second - first))
        #expect(left.advanced(by: left.duration(to: right)) == right)
        #expect(left.duration(to: right) == .zero - right.duration(to: left))
        #expect((left < right) == (left.duration(to: right) > .zero))
    }

    @Test("the clock moves only when it is told to")
    func standsStill() {
        let clock = ManualClock()
        #expect(clock.now.offset == .zero)
        clock.advance(by: .milliseconds(1_500))
        #expect(clock.now.offset == .milliseconds(1_500))
        clock.advance(to: .init(offset: .seconds(1)))
        #expect(clock.now.offset == .milliseconds(1_500))
    }

    @Test("a sleeper wakes at its deadline and not before", .timeLimit(.minutes(1)))
    func sleeper() async throws {
        let clock = ManualClock()
        let task = Task { try await clock.sleep(for: .seconds(5)) }
        await clock.waitForSleepers(1)
        clock.advance(by: .milliseconds(4_999))
        #expect(clock.sleeperCount == 1)
        #expect(clock.nextDeadline == .init(offset: .seconds(5)))
        clock.advance(by: .milliseconds(1))
        #expect(clock.sleeperCount == 0)
        try await task.value
    }

    @Test("a deadline that has passed does not sleep", .timeLimit(.minutes(1)))
    func passed() async throws {
        let clock = ManualClock()
        clock.advance(by: .seconds(1))
        try await clock.sleep(until: .init(offset: .seconds(1)))
        try await clock.sleep(until: .init(offset: .zero))
    }

    @Test("a cancelled sleeper leaves at once", .timeLimit(.minutes(1)))
    func cancelled() async {
        let clock = ManualClock()
        let task = Task { try await clock.sleep(for: .seconds(5)) }
        await clock.waitForSleepers(1)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.sleeperCount == 0)
    }

    @Test("a task that is cancelled already does not sleep", .timeLimit(.minutes(1)))
    func cancelledBefore() async {
        let clock = ManualClock()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(for: .seconds(5))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("the next deadline is the earliest one", .timeLimit(.minutes(1)))
    func nextDeadline() async throws {
        let clock = ManualClock()
        #expect(!clock.advanceToNextDeadline())
        let late = Task { try await clock.sleep(for: .seconds(9)) }
        let early = Task { try await clock.sleep(for: .seconds(2)) }
        await clock.waitForSleepers(2)
        #expect(clock.advanceToNextDeadline())
        try await early.value
        #expect(clock.now.offset == .seconds(2))
        #expect(clock.sleeperCount == 1)
        clock.advanceToNextDeadline()
        try await late.value
    }

    @Test("waiting for sleepers ends when the task is cancelled", .timeLimit(.minutes(1)))
    func watcherCancelled() async {
        let clock = ManualClock()
        let task = Task { await clock.waitForSleepers(1) }
        task.cancel()
        await task.value
    }
}

@Suite("Manual clock: the laws of a clock", .timeLimit(.minutes(5)))
struct ManualClockLawTests {
    private let clock = ManualClock()

    @Test("it never goes back, whatever it is told", arguments: 0..<20)
    func monotone(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var last = clock.now
        for _ in 0..<200 {
            let offset = Duration.milliseconds(Int.random(in: -5_000...5_000, using: &random))
            if random.chance(0.5) {
                clock.advance(to: clock.now.advanced(by: offset))
            } else {
                clock.advance(by: max(offset, .zero))
            }
            #expect(clock.now >= last)
            last = clock.now
        }
    }

    @Test("going back by a duration stops the program")
    func goesNotBack() async {
        await #expect(processExitsWith: .failure) { ManualClock().advance(by: .nanoseconds(-1)) }
    }

    @Test("its resolution is the smallest duration there is, and it keeps it")
    func resolution() async throws {
        let tick = Duration(secondsComponent: 0, attosecondsComponent: 1)
        #expect(clock.minimumResolution == tick)
        clock.advance(by: tick)
        #expect(clock.now.offset == tick)
        let clock = clock
        let sleeper = Task { try await clock.sleep(until: .init(offset: .seconds(1)), tolerance: .seconds(9)) }
        await clock.waitForSleepers(1)
        clock.advance(to: .init(offset: .seconds(1) - tick))
        #expect(clock.sleeperCount == 1)
        clock.advance(by: tick)
        try await sleeper.value
    }

    @Test("an advance wakes exactly those that are due, at any instant", arguments: 0..<30)
    func wakesTheDue(seed: UInt64) async {
        var random = SeededRandom(seed: seed)
        let clock = clock
        let woken = Recorder<Int>()
        let deadlines = (0..<20).map { _ in Int.random(in: 1...500, using: &random) }
        await withTaskGroup { group in
            for deadline in deadlines {
                group.addTask {
                    try? await clock.sleep(until: .init(offset: .milliseconds(deadline)))
                    woken.append(deadline)
                }
            }
            await clock.waitForSleepers(deadlines.count)
            while clock.sleeperCount > 0 {
                clock.advance(by: .milliseconds(Int.random(in: 0...100, using: &random)))
                let due = deadlines.filter { .milliseconds($0) <= clock.now.offset }
                #expect(clock.sleeperCount == deadlines.count - due.count, "seed \(seed)")
                while woken.values.count < due.count { await Task.yield() }
                #expect(woken.values.sorted() == due.sorted(), "seed \(seed)")
                let next = deadlines.filter { .milliseconds($0) > clock.now.offset }.min()
                #expect(clock.nextDeadline?.offset == next.map { .milliseconds($0) }, "seed \(seed)")
            }
        }
    }

    @Test("sleepers wake by deadline, those of one deadline in the order in which they lay down")
    func order() async {
        let clock = clock
        let executor = OneByOne()
        let woken = Recorder<Int>()
        let deadlines = [30, 10, 20, 10, 30, 20, 10, 10]
        var tasks: [Task<Void, any Error>] = []
        for (index, deadline) in deadlines.enumerated() {
            tasks.append(
                Task(executorPreference: executor) {
                    try await clock.sleep(for: .milliseconds(deadline))
                    woken.append(index)
                }
            )
            await clock.waitForSleepers(index + 1)
        }
        clock.advance(by: .milliseconds(30))
        for task in tasks { _ = await task.result }
        #expect(woken.values == [1, 3, 6, 7, 2, 5, 0, 4])
    }

    @Test("a sleep until the past or the present returns at once and moves nothing", arguments: [-1_000, -1, 0])
    func past(milliseconds: Int) async throws {
        clock.advance(by: .seconds(2))
        try await clock.sleep(until: clock.now.advanced(by: .milliseconds(milliseconds)))
        #expect(clock.now.offset == .seconds(2))
        #expect(clock.sleeperCount == 0)
    }

    @Test("a cancellation wakes one sleeper and leaves the others asleep")
    func cancelsOne() async throws {
        let clock = clock
        let first = Task { try await clock.sleep(for: .seconds(5)) }
        let second = Task { try await clock.sleep(for: .seconds(5)) }
        await clock.waitForSleepers(2)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .seconds(5))
        try await second.value
    }

    @Test("a sleeper that is cancelled after it was woken has slept")
    func cancelledTooLate() async throws {
        let clock = clock
        let task = Task { try await clock.sleep(for: .seconds(5)) }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(5))
        task.cancel()
        try await task.value
    }

    @Test("20,000 sleepers that are cancelled at any moment leave nobody behind")
    func manyCancelled() async {
        let clock = clock
        await callCancelled(20_000) { try? await clock.sleep(for: .seconds(5)) }
        #expect(clock.sleeperCount == 0)
        #expect(clock.nextDeadline == nil)
        #expect(clock.now.offset == .zero)
    }
}

@Suite("Seeded random")
struct SeededRandomTests {
    @Test("the sequence of seed 0 is that of SplitMix64")
    func reference() {
        var random = SeededRandom(seed: 0)
        #expect(random.next() == 0xE220_A839_7B1D_CDAF)
        #expect(random.next() == 0x6E78_9E6A_A1B9_65F4)
        #expect(random.next() == 0x06C4_5D18_8009_454F)
    }

    @Test("unit numbers lie in 0 ..< 1 and spread")
    func unit() {
        var random = SeededRandom(seed: 3)
        let numbers = (0..<10_000).map { _ in random.unit() }
        #expect(numbers.allSatisfy { (0..<1).contains($0) })
        #expect((0.49...0.51).contains(numbers.reduce(0, +) / 10_000))
    }
}

@Suite("Scripted dependency")
struct ScriptedDependencyTests {
    @Test("it answers by its script and repeats the last step", .timeLimit(.minutes(1)))
    func script() async throws {
        let dependency = ScriptedDependency<Int>(clock: ManualClock(), [.fail("refused"), .succeed(7)])
        await #expect(throws: ScriptedFailure("refused")) { try await dependency.call() }
        #expect(try await dependency.call() == 7)
        #expect(try await dependency.call() == 7)
        #expect(dependency.callCount == 3)
    }

    @Test("a wait passes by the clock, a hang by cancellation alone", .timeLimit(.minutes(1)))
    func waits() async throws {
        let clock = ManualClock()
        let dependency = ScriptedDependency<Int>(clock: clock, [.succeed(1, after: .seconds(3)), .hang])
        let first = Task { try await dependency.call() }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(3))
        #expect(try await first.value == 1)
        let second = Task { try await dependency.call() }
        await clock.waitForSleepers(1)
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
    }
}
