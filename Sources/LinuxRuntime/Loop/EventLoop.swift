// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import Synchronization

/// One thread that waits for timers, descriptors and actor jobs, and runs all of them in turn.
///
/// The loop is an actor with itself as executor: whatever takes an `isolated EventLoop` is checked by the compiler to run on
/// its thread, and needs no lock. State machines (a TCP probe, the libcurl driver) are plain classes that live in its
/// isolation and are called back by it; richer probes may be `async`.
///
/// Nothing that runs here may block: one slow handler delays every probe. The loop measures that as `lateness`.
package actor EventLoop {
    /// How often a turn asks for what else is ready before timers have theirs, which descriptors that are ever ready must not keep from it.
    private static let waitsPerTurn = 64

    /// The operating system, or its simulation.
    package nonisolated let kernel: any Kernel

    /// The time of this turn: read once after each wait, so all that a wait found agrees on it.
    package private(set) var now: MonotonicInstant

    /// How late timers fired, against their deadline.
    package private(set) var lateness = Histogram()

    private var stalls = StallRecord()

    /// The descriptors that probes on this loop may hold.
    package var budget: DescriptorBudget

    /// Which addresses probes on this loop may not connect to; asked by everything that connects, when it does.
    package var addressRules = AddressRules.none

    /// Takes down what probes on this loop say and hear; nil, as usual, takes down nothing.
    package private(set) var trace: ConversationTrace?

    var timers = TimerQueue<any TimerHandler>()
    var descriptors = DescriptorTable()
    var spareSockets = SpareSockets()
    private var ready: [Readiness] = []
    private let executor: LoopExecutor
    private nonisolated let isStopped = Atomic<Bool>(false)

    /// Makes a loop that does not run yet.
    ///
    /// - Parameters:
    ///   - kernel: the operating system, or its simulation.
    ///   - descriptorLimit: how many descriptors probes may hold together.
    package init(kernel: any Kernel, descriptorLimit: Int = 1_024) {
        self.kernel = kernel
        budget = DescriptorBudget(limit: descriptorLimit)
        now = kernel.now
        executor = LoopExecutor(kernel: kernel)
    }

    deinit {
        for descriptor in spareSockets.descriptors { kernel.close(descriptor) }
    }

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        // unsafe: the actor keeps its executor alive.
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Begins to take down what probes say and hear; to be called before the first prober is made.
    package func beginTrace() {
        trace = ConversationTrace()
    }

    /// Runs on the calling thread until `stop()`.
    package nonisolated func run() {
        turnRepeatedly(until: nil)
    }

    /// Runs on the calling thread until its clock reaches `instant` or `stop()` is called; for tests on virtual time.
    package nonisolated func run(until instant: MonotonicInstant) {
        turnRepeatedly(until: instant)
    }

    /// Ends `run` after the current turn; callable from any thread, for good.
    package nonisolated func stop() {
        isStopped.store(true, ordering: .releasing)
        kernel.wake()
    }

    /// How much of the time from `start` to this turn the loop did not look at what was ready.
    package func stalled(since start: MonotonicInstant) -> Duration {
        stalls.lastEnd <= start ? .zero : stalls.total(since: start)
    }

    private nonisolated func turnRepeatedly(until end: MonotonicInstant?) {
        executor.adopt()
        defer { executor.release() }
        // Once for all turns: to be let in costs as much as a small turn.
        assumeIsolated { loop in
            defer { loop.resetConnections() }
            while !isStopped.load(ordering: .acquiring) {
                let ranJobs = executor.runJobs()
                let mayWait = !ranJobs && !executor.hasJobs
                if loop.turn(mayWait: mayWait, until: end) { return }
            }
        }
    }

    /// Waits, then hands out all that is ready, then what is due; true when the clock has reached `end`.
    ///
    /// In this order, so that after a stall an answer that has come in time is read before the timer which would miss it fires.
    private func turn(mayWait: Bool, until end: MonotonicInstant?) -> Bool {
        resetConnections()
        let waitsFrom = kernel.now
        let timeout = mayWait ? timeToNext(end, from: waitsFrom) : .zero
        var isMore = kernel.wait(timeout: timeout, ready: &ready)
        look(blockedFrom: waitsFrom, until: timeout.map { waitsFrom.advanced(by: $0) })
        handOut()
        var waits = 1
        while isMore, waits < Self.waitsPerTurn {
            isMore = kernel.wait(timeout: .zero, ready: &ready)
            look()
            handOut()
            waits += 1
        }
        runDueTimers()
        guard let end else { return false }
        return now >= end
    }

    private func handOut() {
        descriptors.noteWait()
        for readiness in ready {
            guard let (descriptor, handler) = descriptors.handler(token: readiness.token) else { continue }
            handler.ready(descriptor, readiness.events, on: self)
        }
        resetConnections()
    }

    /// Reads the clock after a wait, which may have blocked, at most until `wakeUp`; nil = until something was ready.
    private func look(blockedFrom begin: MonotonicInstant? = nil, until wakeUp: MonotonicInstant? = nil) {
        let before = now
        now = kernel.now
        let passed = before.duration(to: now)
        guard passed >= StallRecord.least else { return }
        // To wait is no standstill, but to be woken late is.
        let blocked = begin.map { $0.duration(to: min(now, wakeUp ?? now)) } ?? .zero
        stalls.note(passed - blocked, until: now)
    }

    private func timeToNext(_ end: MonotonicInstant?, from now: MonotonicInstant) -> Duration? {
        guard let next = MonotonicInstant.earlier(timers.nextDeadline(), end) else { return nil }
        return max(.zero, now.duration(to: next))
    }

    /// Fires what is due at the start of the call; a timer that handlers add for now waits for the next turn, so that
    /// descriptors get theirs.
    private func runDueTimers() {
        var budget = timers.count
        while budget > 0, let (handler, deadline, id) = timers.popDue(at: now) {
            budget -= 1
            lateness.observe(deadline.duration(to: now))
            handler.timerFired(id, on: self)
        }
    }
}
