// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Synchronization
import Testing

/// What handlers did, in order; shared with the test's thread.
final class Journal: Sendable {
    private let entries = Mutex<[String]>([])

    var all: [String] { entries.withLock(\.self) }

    func add(_ entry: String) {
        entries.withLock { $0.append(entry) }
    }
}

@Suite("EventLoop: turns on virtual time")
struct EventLoopTurnTests {
    /// Runs `prepare` on a new loop, and then the loop for one second of virtual time.
    private func run(
        _ kernel: ManualKernel = ManualKernel(),
        _ prepare: @escaping @Sendable (isolated EventLoop) -> Void
    ) async -> EventLoop {
        let loop = EventLoop(kernel: kernel)
        let end = kernel.now.advanced(by: .seconds(1))
        let task = Task { await loop.perform(prepare) }
        await kernel.waitForWakeUp()
        loop.run(until: end)
        await task.value
        return loop
    }

    /// Gives what `read` reads on a loop that is not running.
    private func value<Value: Sendable>(
        of loop: EventLoop,
        _ kernel: ManualKernel,
        _ read: @escaping @Sendable (isolated EventLoop) -> Value
    ) async -> Value {
        let task = Task { await loop.perform(read) }
        await kernel.waitForWakeUp()
        loop.run(until: kernel.now)
        return await task.value
    }

    @Test("timers fire at their deadlines, one in the past in the next turn")
    func deadlines() async {
        let journal = Journal()
        let kernel = ManualKernel()
        _ = await run(kernel) { loop in
            let start = loop.now
            for delay in [30, 10, -5, 20] {
                loop.schedule(at: start.advanced(by: .milliseconds(delay))) {
                    journal.add("\(delay) at \(start.duration(to: kernel.now).readable)")
                }
            }
        }
        #expect(journal.all == ["-5 at 0ms", "10 at 10ms", "20 at 20ms", "30 at 30ms"])
    }

    @Test("a handler that takes long makes the next timer late, and that is measured")
    func lateness() async {
        let kernel = ManualKernel()
        let loop = await run(kernel) { loop in
            let start = loop.now
            loop.schedule(at: start.advanced(by: .milliseconds(10))) { kernel.advance(by: .milliseconds(40)) }
            loop.schedule(at: start.advanced(by: .milliseconds(20))) {}
        }
        let lateness = await value(of: loop, kernel) { $0.lateness }
        #expect(lateness.count == 2)
        #expect(lateness.sumNanoseconds == 30_000_000)
    }

    @Test("a loop knows for how long it did not look, and to wait for something is no such time")
    func stalls() async {
        let kernel = ManualKernel()
        let start = kernel.now
        let loop = await run(kernel) { loop in
            loop.schedule(at: loop.now.advanced(by: .milliseconds(400))) { kernel.advance(by: .milliseconds(70)) }
            loop.schedule(at: loop.now.advanced(by: .milliseconds(600))) { kernel.advance(by: .milliseconds(30)) }
        }
        #expect(await value(of: loop, kernel) { $0.stalled(since: start) } == .milliseconds(70))
    }

    @Test("a cancelled timer does not fire, and only the first cancel says so")
    func cancel() async {
        let journal = Journal()
        _ = await run { loop in
            let timer = loop.schedule(at: loop.now.advanced(by: .milliseconds(5))) { journal.add("fired") }
            journal.add("\(loop.cancel(timer)) \(loop.cancel(timer))")
        }
        #expect(journal.all == ["true false"])
    }

    @Test("a timer set by a timer for now does not keep descriptors from their turn")
    func fairness() async {
        let journal = Journal()
        let kernel = ManualKernel()
        _ = await run(kernel) { loop in
            try? loop.watch(5, JournalHandler(journal, "descriptor"))
            loop.schedule(Chain(journal, kernel, remaining: 3), at: loop.now)
        }
        #expect(journal.all == ["timer", "descriptor", "timer", "descriptor", "timer", "descriptor"])
    }

    @Test("all that is ready is handed out before a timer that is due, also what one wait does not report")
    func readyFirst() async {
        let journal = Journal()
        let kernel = ManualKernel(batch: 2)
        _ = await run(kernel) { loop in
            loop.schedule(at: loop.now) { journal.add("timer") }
            for descriptor in CInt(5)..<10 {
                try? loop.watch(descriptor, JournalHandler(journal, "\(descriptor)"))
                kernel.report(descriptor)
            }
        }
        #expect(journal.all == ["5", "6", "7", "8", "9", "timer"])
    }

    @Test("a descriptor that is ready again and again does not keep a timer from its turn")
    func everReady() async {
        let journal = Journal()
        let kernel = ManualKernel(batch: 1)
        _ = await run(kernel) { loop in
            loop.schedule(at: loop.now) { journal.add("timer") }
            try? loop.watch(5, Chain(journal, kernel, remaining: 1_000))
            kernel.report(5)
        }
        #expect(journal.all == ["timer", "silent"])
    }

    @Test("an event of a closed descriptor does not reach the handler that has its number now")
    func staleEvent() async {
        let journal = Journal()
        let kernel = ManualKernel()
        _ = await run(kernel) { loop in
            let victim = JournalHandler(journal, "closed one")
            let heir = JournalHandler(journal, "heir")
            try? loop.watch(7, victim)
            try? loop.watch(6, Replacer(7, heir, kernel))
            kernel.report(6)
            kernel.report(7)
        }
        #expect(journal.all == ["heir"])
    }

    @Test("what is not watched may be closed, and a closed descriptor may be watched again")
    func closeUnwatched() async {
        let journal = Journal()
        let kernel = ManualKernel()
        _ = await run(kernel) { loop in
            loop.close(9)
            try? loop.watch(9, JournalHandler(journal, "first"))
            loop.close(9)
            try? loop.watch(9, JournalHandler(journal, "second"))
            kernel.report(9)
        }
        #expect(journal.all == ["second"])
    }

    @Test("every job from many threads runs, one at a time")
    func manyThreads() async throws {
        let loop = EventLoop(kernel: try SystemKernel())
        let thread = try LoopThread(running: loop, name: "jobs-test")
        let counter = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    for _ in 0..<100 { await loop.perform { _ in counter.increment() } }
                }
            }
        }
        #expect(counter.value == 6_400)
        thread.stopAndJoin()
    }
}

extension EventLoop {
    fileprivate func perform<Value: Sendable>(_ body: @Sendable (isolated EventLoop) -> Value) -> Value {
        body(self)
    }
}

/// A number that two threads at a time would count wrongly.
private final class Counter: Sendable {
    private let number = Atomic<Int>(0)

    var value: Int { number.load(ordering: .relaxed) }

    func increment() {
        number.store(number.load(ordering: .relaxed) + 1, ordering: .relaxed)
    }
}

private final class JournalHandler: DescriptorHandler {
    private let journal: Journal
    private let name: String

    init(_ journal: Journal, _ name: String) {
        self.journal = journal
        self.name = name
    }

    func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        journal.add(name)
    }
}

/// Closes another descriptor and has its number watched by somebody else, who then gets an event of its own.
private final class Replacer: DescriptorHandler {
    private let victim: CInt
    private let heir: JournalHandler
    private let kernel: ManualKernel

    init(_ victim: CInt, _ heir: JournalHandler, _ kernel: ManualKernel) {
        self.victim = victim
        self.heir = heir
        self.kernel = kernel
    }

    func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        loop.close(victim)
        try? loop.watch(victim, heir)
        loop.close(descriptor)
        kernel.report(victim)
    }
}

/// Has a descriptor reported again and again: as a timer, which sets itself again for now, or as the handler of that descriptor.
private final class Chain: TimerHandler, DescriptorHandler {
    private let journal: Journal
    private let kernel: ManualKernel
    private var remaining: Int

    init(_ journal: Journal, _ kernel: ManualKernel, remaining: Int) {
        self.journal = journal
        self.kernel = kernel
        self.remaining = remaining
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        journal.add("timer")
        kernel.report(5)
        remaining -= 1
        if remaining > 0 { loop.schedule(self, at: loop.now) }
    }

    func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        remaining -= 1
        guard remaining > 0 else { return journal.add("silent") }
        kernel.report(descriptor)
    }
}
