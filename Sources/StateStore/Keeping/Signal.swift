// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import HealthModel

/// Wakes one thread that waits for it; raised several times before, it wakes once.
final class Signal: Sendable {
    private let descriptor: CInt

    /// - Throws: when there is no descriptor.
    init() throws(SystemError) {
        descriptor = clinux_eventfd()
        guard descriptor >= 0 else { throw SystemError(code: errno, text: "no event descriptor") }
    }

    deinit {
        close(descriptor)
    }

    func raise() {
        var one: UInt64 = 1
        // unsafe: eight bytes are read from an eight-byte integer.
        _ = unsafe write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Waits until it is raised, or the time is over; without a time, for ever.
    ///
    /// - Returns: whether it was raised.
    @discardableResult
    func wait(_ time: Duration?) -> Bool {
        // Rounded up, so that what is due then is due after the wait.
        let milliseconds = time.map { CInt(clamping: ($0.inNanoseconds / 1_000_000).saturatingSum(1)) } ?? -1
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // unsafe: one entry is read and written during the call.
        guard unsafe poll(&entry, 1, milliseconds) == 1 else { return false }
        var count: UInt64 = 0
        // unsafe: eight bytes are written into an eight-byte integer.
        _ = unsafe read(descriptor, &count, MemoryLayout<UInt64>.size)
        return true
    }
}
