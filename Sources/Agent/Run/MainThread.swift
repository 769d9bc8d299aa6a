// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// The process's first thread, which commands run on.
///
/// It is no thread of Swift's pool, so it may block: it waits for signals, and for what it asked of the others. A command
/// that blocked a pool thread instead could stop everything on a machine with one core.
enum MainThread {
    /// Waits for something asynchronous; never to be called from a task.
    static func wait<Value: Sendable>(for operation: @escaping @Sendable () async -> Value) -> Value {
        let outcome = Outcome<Value>()
        // Owned by this call, which waits for its end.
        Task { outcome.finish(await operation()) }
        return outcome.wait()
    }

    private final class Outcome<Value: Sendable>: Sendable {
        private let value = Mutex<Value?>(nil)
        private let pipe: (reading: CInt, writing: CInt)

        init() {
            var ends: [CInt] = [-1, -1]
            let status = Glibc.pipe(&ends)
            precondition(status == 0, "no pipe to wait on: errno \(errno)")
            pipe = (ends[0], ends[1])
        }

        deinit {
            close(pipe.reading)
            close(pipe.writing)
        }

        func finish(_ value: Value) {
            self.value.withLock { $0 = value }
            var byte: UInt8 = 0
            _ = write(pipe.writing, &byte, 1)
        }

        func wait() -> Value {
            var byte: UInt8 = 0
            while true {
                let count = read(pipe.reading, &byte, 1)
                if count < 0 && errno == EINTR { continue }
                guard let value = value.withLock({ $0 }) else { preconditionFailure("woken without a value") }
                return value
            }
        }
    }
}
