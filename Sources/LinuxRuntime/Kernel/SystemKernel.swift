// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel

/// Linux: epoll, eventfd and sockets.
///
/// Opens its descriptors at once, so that running out of them later cannot stop the loop.
package final class SystemKernel: Kernel {
    private let epoll: CInt
    private let wakeUp: CInt
    private static let wakeUpToken = UInt64.max
    /// Descriptors that are reported at once; so few that their reports fit on the stack.
    private static let batch = 64

    /// - Throws: why an epoll or event descriptor cannot be had.
    package init() throws(SystemError) {
        epoll = clinux_epoll_create()
        guard epoll >= 0 else { throw .last }
        wakeUp = clinux_eventfd()
        guard wakeUp >= 0, clinux_epoll_add(epoll, wakeUp, Self.wakeUpToken) == 0 else {
            let error = SystemError.last
            _ = Glibc.close(epoll)
            throw error
        }
    }

    deinit {
        _ = Glibc.close(wakeUp)
        _ = Glibc.close(epoll)
    }

    package var now: MonotonicInstant { MonotonicInstant(nanoseconds: clinux_boottime_ns()) }

    package var wallTime: WallTime { Self.calendarTime }

    /// The calendar's time, for those who have no kernel at hand.
    package static var calendarTime: WallTime { WallTime(nanosecondsSinceEpoch: clinux_realtime_ns()) }

    @discardableResult
    package func wait(timeout: Duration?, ready: inout [Readiness]) -> Bool {
        ready.removeAll(keepingCapacity: true)
        let nanoseconds = timeout.map { max(0, $0.inNanoseconds) } ?? -1
        // unsafe: the buffer holds `batch` entries, and at most as many are written and then read.
        return unsafe withUnsafeTemporaryAllocation(of: clinux_ready.self, capacity: Self.batch) { buffer in
            let count = unsafe clinux_epoll_wait(epoll, buffer.baseAddress, CInt(Self.batch), nanoseconds)
            for index in 0..<Int(max(0, count)) {
                let event = unsafe buffer[index]
                if event.token == Self.wakeUpToken {
                    drainWakeUp()
                } else {
                    ready.append(Readiness(token: event.token, events: .init(rawValue: event.events)))
                }
            }
            return count == Self.batch
        }
    }

    package func wake() {
        var one: UInt64 = 1
        // unsafe: eight bytes are read from an eight-byte integer. A full counter means a wake-up is pending anyway.
        _ = unsafe Glibc.write(wakeUp, &one, MemoryLayout<UInt64>.size)
    }

    package func watch(_ descriptor: CInt, token: UInt64) throws(SystemError) {
        guard clinux_epoll_add(epoll, descriptor, token) == 0 else { throw .last }
    }

    package func unwatch(_ descriptor: CInt) {
        _ = clinux_epoll_remove(epoll, descriptor)
    }

    private func drainWakeUp() {
        var count: UInt64 = 0
        // unsafe: eight bytes are written into an eight-byte integer.
        _ = unsafe Glibc.read(wakeUp, &count, MemoryLayout<UInt64>.size)
    }
}
