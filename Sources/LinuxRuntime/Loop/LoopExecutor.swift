// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Runs the loop actor's jobs on the loop's thread.
///
/// Jobs wait in a locked list until the loop takes them all at once; the loop is woken only when the list was empty. A job
/// that is enqueued from the loop's own thread needs no wake-up, because the list is looked at before every wait.
final class LoopExecutor: SerialExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let owner = Atomic<UInt>(0)
    private let kernel: any Kernel

    init(kernel: any Kernel) {
        self.kernel = kernel
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        let wasEmpty = jobs.withLock { jobs in
            jobs.append(unowned)
            return jobs.count == 1
        }
        if wasEmpty, !isOnLoopThread { kernel.wake() }
    }

    /// Whether the calling thread is the one that runs the loop.
    var isOnLoopThread: Bool { owner.load(ordering: .relaxed) == Self.currentThread }

    func isIsolatingCurrentContext() -> Bool? { isOnLoopThread }

    func checkIsolated() {
        precondition(isOnLoopThread, "called off the event loop's thread")
    }

    /// Makes the calling thread the loop's; a loop that runs already is a programmer error.
    func adopt() {
        let (exchanged, original) = owner.compareExchange(
            expected: 0,
            desired: Self.currentThread,
            ordering: .acquiringAndReleasing
        )
        precondition(exchanged, "the event loop already runs on thread \(original)")
    }

    /// Gives the loop up, so that another thread may run it.
    func release() {
        owner.store(0, ordering: .releasing)
    }

    /// Runs the jobs that wait now; false when there were none.
    ///
    /// Those that they enqueue wait for the next call.
    func runJobs() -> Bool {
        let batch = jobs.withLock { jobs -> [UnownedJob] in
            // In most turns there are none; to empty what is shared would allocate.
            guard !jobs.isEmpty else { return [] }
            defer { jobs.removeAll(keepingCapacity: jobs.capacity <= 1_024) }
            return jobs
        }
        for job in batch {
            // unsafe: the executor that the job is told it runs on is this one, which is alive.
            unsafe job.runSynchronously(on: asUnownedSerialExecutor())
        }
        return !batch.isEmpty
    }

    /// Whether jobs wait.
    var hasJobs: Bool { jobs.withLock { !$0.isEmpty } }

    private static var currentThread: UInt { UInt(pthread_self()) }
}
