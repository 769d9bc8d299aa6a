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
