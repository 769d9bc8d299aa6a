// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Threads of their own that begin at the same moment: a task pool may well run two tasks one after the other.
enum SimultaneousThreads {
    /// Runs `work` on `count` new threads and waits for all of them.
    ///
    /// - Parameters:
    ///   - count: how many threads.
    ///   - work: what each of them does.
    /// - Returns: how long the slowest took, from the moment all were there.
    static func run(_ count: Int, _ work: @escaping @Sendable () -> Void) -> Duration {
        let start = StartingLine(waitingFor: count)
        let runners = (0..<count).map { _ in Runner(start, work) }
        let threads = runners.map { runner in
            var thread = pthread_t()
            let code = pthread_create(&thread, nil, { Runner.run($0) }, Unmanaged.passRetained(runner).toOpaque())
            precondition(code == 0, "pthread_create failed with \(code)")
            return thread
        }
        for thread in threads { pthread_join(thread, nil) }
        return runners.map(\.elapsed).max() ?? .zero
    }
}

/// What one thread does.
///
/// The creator reads `elapsed` after it has joined the thread.
private final class Runner {
    private let start: StartingLine
    private let work: @Sendable () -> Void
    private(set) var elapsed = Duration.zero

    init(_ start: StartingLine, _ work: @escaping @Sendable () -> Void) {
        self.start = start
        self.work = work
    }

    static func run(_ runner: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let runner else { return nil }
        Unmanaged<Runner>.fromOpaque(runner).takeRetainedValue().run()
        return nil
    }

    private func run() {
        start.arrive()
        let begin = ContinuousClock.now
        work()
        elapsed = begin.duration(to: ContinuousClock.now)
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
