// SPDX-License-Identifier: Apache-2.0

import CLinux
package import HealthModel

/// A signal that the agent acts on.
package enum Signal: Hashable, Sendable {
    /// SIGTERM: drain and end.
    case terminate
    /// SIGINT: the same, from a terminal.
    case interrupt
    /// SIGHUP: reload the configuration.
    case hangUp
}

/// Receives signals by waiting for them, on one thread, instead of being interrupted by them.
///
/// Nothing then runs in a signal handler, where almost nothing is allowed. To be made on the main thread before any other
/// thread exists: threads inherit that the signals are blocked, and one that does not block them would be killed by them. The
/// scripts that the agent starts get the usual handling back.
package struct SignalWaiter {
    /// Blocks SIGTERM, SIGINT and SIGHUP from now on, and ignores SIGPIPE: a write to a closed connection is an error code.
    ///
    /// - Throws: why the kernel refuses.
    package init() throws(SystemError) {
        guard clinux_block_signals() == 0 else { throw .last }
    }

    /// Waits for the next signal, at most `timeout` (nil = for ever); nil when none came.
    package func wait(timeout: Duration? = nil) -> Signal? {
        let nanoseconds = timeout.map { max(0, $0.inNanoseconds) } ?? -1
        let number = clinux_wait_for_signal(nanoseconds)
        precondition(number >= 0, "cannot wait for signals: \(SystemError.last)")
        return Signal(number: number)
    }
}
