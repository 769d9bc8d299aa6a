// SPDX-License-Identifier: Apache-2.0

import CMeasurement
import Glibc
import Synchronization

/// Threads that run at the same time, each on a processor of its own.
///
/// A task pool may well run two tasks one after the other, and so may the kernel with two threads.
enum SimultaneousThreads {
    /// Runs `work` on `count` new threads and waits for all of them.
    ///
    /// - Parameters:
    ///   - count: how many threads.
    ///   - work: what each of them does.
    /// - Returns: the time from the moment when all were there to the moment when the last had done its work.
    static func run(_ count: Int, _ work: @escaping @Sendable () -> Void) -> Duration {
        let start = StartingLine(waitingFor: count)
        let runners = (0..<count).map { Runner($0, start, work) }
        let threads = runners.map { runner in
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { Runner.run($0) }, Unmanaged.passRetained(runner).toOpaque())
            precondition(code == 0, "pthread_create failed with \(code)")
            return thread
        }
        for thread in threads { pthread_join(thread, nil) }
        let begin = runners.map(\.arrival).max() ?? .now
        let end = runners.map(\.end).max() ?? begin
        return begin.duration(to: end)
    }
}

/// What one thread does.
///
/// The creator reads its times after it has joined the thread.
private final class Runner {
    private let number: Int
    private let start: StartingLine
    private let work: @Sendable () -> Void
    private(set) var arrival = ContinuousClock.now
    private(set) var end = ContinuousClock.now

    init(_ number: Int, _ start: StartingLine, _ work: @escaping @Sendable () -> Void) {
        self.number = number
        self.start = start
        self.work = work
    }

    static func run(_ runner: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let runner else { return nil }
        Unmanaged<Runner>.fromOpaque(runner).takeRetainedValue().run()
        return nil
    }

    private func run() {
        let code = processor_keep(Int32(number))
        precondition(code == 0, "sched_setaffinity failed with \(code)")
        arrival = ContinuousClock.now
        start.arrive()
        work()
        end = ContinuousClock.now
    }
}

/// Where threads wait, spinning, until all have arrived.
private final class StartingLine: Sendable {
    private let missing: Atomic<Int>

    init(waitingFor count: Int) {
        missing = Atomic(count)
    }

    func arrive() {
        missing.wrappingSubtract(1, ordering: .acquiringAndReleasing)
        while missing.load(ordering: .acquiring) > 0 { sched_yield() }
    }
}
