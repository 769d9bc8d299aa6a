// SPDX-License-Identifier: Apache-2.0

import HealthModel
package import LinuxRuntime

extension EventLoop {
    /// Starts `body` on the loop at the instant that the clock shows, and runs the loop on the calling thread until
    /// `duration` of virtual time has passed.
    ///
    /// Objects of the loop that must live on after `body` are kept by their timers, by the loop or by the test.
    package nonisolated func simulate(
        _ duration: Duration,
        _ body: @escaping @Sendable (isolated EventLoop) async -> Void = { _ in }
    ) {
        // Immediate: the body is enqueued on the loop before the loop runs, not some time after.
        Task.immediate { await body(self) }
        run(until: kernel.now.advanced(by: duration))
    }
}
