// SPDX-License-Identifier: Apache-2.0

import Testing

/// Makes `count` calls in tasks that are cancelled: one in twenty at any moment of its call, the others before it begins.
func callCancelled(_ count: Int, _ call: @escaping @Sendable () async -> Void) async {
    await withTaskGroup { group in
        for worker in 0..<50 {
            group.addTask {
                for round in 0..<count / 1_000 {
                    let task = Task { await call() }
                    for _ in 0..<(worker + round) % 4 { await Task.yield() }
                    task.cancel()
                    await task.value
                }
                withUnsafeCurrentTask { $0?.cancel() }
                for _ in 0..<count / 50 - count / 1_000 { await call() }
            }
        }
    }
}

/// Starts `body`, cancels it as soon as `isReached`, and returns what it answers.
///
/// What is never reached is an issue after a minute, and no test that goes on for ever.
func cancelling<Value: Sendable>(
    when isReached: () -> Bool,
    _ body: @escaping @Sendable () async -> Value
) async -> Value {
    let task = Task { await body() }
    let end = ContinuousClock.now.advanced(by: .seconds(60))
    while !isReached() {
        guard ContinuousClock.now < end else {
            Issue.record("nothing was there to cancel within a minute")
            break
        }
        await Task.yield()
    }
    task.cancel()
    return await task.value
}
