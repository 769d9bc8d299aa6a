// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Is told when its timer is due.
package protocol TimerHandler: AnyObject {
    /// Called once, on the loop, at or after the deadline.
    func timerFired(_ timer: TimerID, on loop: isolated EventLoop)
}

extension EventLoop {
    /// Calls `handler` once at `deadline`, or in the next turn when that has passed.
    ///
    /// The loop keeps the handler alive until then or until `cancel`.
    @discardableResult
    package func schedule(_ handler: any TimerHandler, at deadline: MonotonicInstant) -> TimerID {
        timers.insert(handler, at: deadline)
    }

    /// Calls `action` once at `deadline`, or in the next turn when that has passed.
    @discardableResult
    package func schedule(
        at deadline: MonotonicInstant,
        _ action: @escaping () -> Void
    ) -> TimerID {
        timers.insert(TimerAction(action), at: deadline)
    }

    /// Takes a timer back; false when it has fired already.
    @discardableResult
    package func cancel(_ timer: TimerID) -> Bool {
        timers.cancel(timer)
    }
}

private final class TimerAction: TimerHandler {
    private let action: () -> Void

    init(_ action: @escaping () -> Void) {
        self.action = action
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        action()
    }
}
