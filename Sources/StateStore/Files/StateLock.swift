// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The right to use a directory, held until the last reference goes: two agents do not share one.
final class StateLock {
    /// How often, with 10 ms in between, a lock is asked for: a program that is being started has our descriptors for a moment.
    private static let attempts = 30

    private let descriptor: CInt

    init(directory: String) throws(StateError) {
        let path = "\(directory)/state.lock"
        // unsafe: the path is read during the call.
        descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StateDirectory.error("open", path) }
        for _ in 1..<Self.attempts {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
            guard errno == EWOULDBLOCK || errno == EINTR else { break }
            usleep(10_000)
        }
        let isTaken = errno == EWOULDBLOCK
        let failure = StateDirectory.error("lock", path)
        close(descriptor)
        throw isTaken ? StateError(.inUse, "another agent keeps its state in \(directory)") : failure
    }

    deinit {
        // Closing gives the lock back.
        close(descriptor)
    }
}
