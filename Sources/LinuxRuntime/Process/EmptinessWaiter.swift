// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// One who waits until the reaper has nothing left, or a deadline has passed.
final class EmptinessWaiter: TimerHandler {
    private var continuation: CheckedContinuation<Bool, Never>?
    private var timer: TimerID?

    init(
        _ continuation: CheckedContinuation<Bool, Never>,
        until deadline: MonotonicInstant,
        on loop: isolated EventLoop
    ) {
        self.continuation = continuation
        timer = loop.schedule(self, at: deadline)
    }

    /// Resumes with true, unless the deadline has passed before.
    func reaperIsEmpty(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        resume(returning: true)
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        resume(returning: false)
    }

    private func resume(returning isEmpty: Bool) {
        continuation?.resume(returning: isEmpty)
        continuation = nil
    }
}
