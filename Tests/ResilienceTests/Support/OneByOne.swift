// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Runs the tasks that prefer it one by one, in the order in which they became ready.
///
/// The pool that tasks run on otherwise takes them in any order, so that the order of resuming cannot be seen from inside them.
final class OneByOne: TaskExecutor {
    private let queue = DispatchQueue(label: "one by one")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
