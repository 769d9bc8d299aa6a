// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Takes finished log lines; never blocks, so the probe loop may log.
protocol LogSink: Sendable {
    /// Writes one line, newline included, or drops it and counts that.
    func write(_ line: [UInt8])
}

/// Standard error.
///
/// A line that its reader has no room for is dropped, and the next one that fits says how many were.
final class StandardErrorSink: LogSink {
    private let dropped = Atomic<Int>(0)

    func write(_ line: [UInt8]) {
        guard isWritable else {
            dropped.add(1, ordering: .relaxed)
            return
        }
        let lost = dropped.exchange(0, ordering: .relaxed)
        if lost > 0 { put(Array("(\(lost) log lines dropped: nobody read them)\n".utf8)) }
        put(line)
    }

    /// A pipe that polls writable takes PIPE_BUF bytes, a whole line, without blocking.
    private var isWritable: Bool {
        var descriptor = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        // unsafe: one entry is passed, and one is what the count says.
        return unsafe poll(&descriptor, 1, 0) > 0
    }

    private func put(_ line: [UInt8]) {
        // unsafe: the array's bytes are read during the call only.
        _ = unsafe line.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
