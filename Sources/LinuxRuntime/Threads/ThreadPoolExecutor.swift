// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import HealthModel
import Synchronization

/// Runs tasks on threads of its own, at most so many at once, so that one that blocks its thread holds up neither the loop nor the
/// threads that all other tasks of the process share.
///
/// A thread ends when nothing waits, so an idle agent has none. The threads are detached: nobody waits for one that hangs.
package final class ThreadPoolExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var head = 0
        var threads = 0
    }

    /// How many threads run at most.
    package let limit: Int
    private let name: String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: how many threads run at most.
    ///   - name: what the threads are called, at most 15 bytes.
    package init(limit: Int, name: String) {
        precondition(limit > 0, "a pool of \(limit) threads")
        self.limit = limit
        self.name = name
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustStart = state.withLock { state in
            state.jobs.append(job)
            guard state.threads < limit else { return false }
            state.threads += 1
            return true
        }
        guard mustStart, !startThread() else { return }
        // Without a thread the job waits for one that runs, or for the next that can be had.
        state.withLock { $0.threads -= 1 }
    }

    package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        // unsafe: tasks keep the executor that they prefer alive.
        unsafe UnownedTaskExecutor(ordinary: self)
    }

    private func startThread() -> Bool {
        var thread = pthread_t()
        // unsafe: retained here and released by the thread, exactly once each.
        let box = unsafe Unmanaged.passRetained(self)
        let status = unsafe pthread_create(&thread, nil, { unsafe ThreadPoolExecutor.run($0) }, box.toOpaque())
        guard status == 0 else {
            unsafe box.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        // unsafe: the pointer is the object that `startThread` retained for this thread.
        let pool = unsafe Unmanaged<ThreadPoolExecutor>.fromOpaque(argument).takeRetainedValue()
        // unsafe: the text is copied by the callee.
        unsafe clinux_name_thread(pool.name)
        while let job = pool.next() {
            // unsafe: each job was enqueued once and is run once.
            unsafe job.runSynchronously(on: pool.asUnownedTaskExecutor())
        }
        return nil
    }

    /// The next job; nil = the thread must end, and is counted no longer.
    private func next() -> UnownedJob? {
        state.withLock { state in
            guard state.head < state.jobs.count else {
                state.threads -= 1
                state.jobs.removeAll(keepingCapacity: false)
                state.head = 0
                return nil
            }
            let job = state.jobs[state.head]
            state.head += 1
            if state.head > 64, state.head * 2 > state.jobs.count {
                state.jobs.removeFirst(state.head)
                state.head = 0
            }
            return job
        }
    }
}
