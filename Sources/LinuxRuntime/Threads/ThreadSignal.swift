// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel

/// Wakes one thread that waits for it; raised several times before, it wakes once.
package final class ThreadSignal: Sendable {
    private let descriptor: CInt

    /// - Throws: when there is no descriptor.
    package init() throws(SystemError) {
        descriptor = clinux_eventfd()
        guard descriptor >= 0 else { throw .last }
    }

    deinit {
        _ = close(descriptor)
    }

    /// Wakes the thread, now or as soon as it waits.
    package func raise() {
        var one: UInt64 = 1
        // unsafe: eight bytes are read from an eight-byte integer.
        _ = unsafe write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits until it is raised, or the time is over.
    package func wait(atMost time: Duration) {
        // poll leaves out a negative descriptor.
        wait(besides: -1, atMost: time)
    }

    /// Waits until it is raised, `other` is readable, or the time is over.
    func wait(besides other: CInt, atMost time: Duration) {
        // Rounded up, so that what is due then is due after the wait.
        let milliseconds = CInt(clamping: max(0, time.inNanoseconds) / 1_000_000 + 1)
        var entries = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: other, events: Int16(POLLIN), revents: 0),
        ]
        // unsafe: both entries are read and written during the call.
        guard unsafe poll(&entries, 2, milliseconds) > 0, entries[0].revents != 0 else { return }
        var count: UInt64 = 0
        // unsafe: eight bytes are written into an eight-byte integer.
        _ = unsafe read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
