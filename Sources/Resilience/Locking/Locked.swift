// SPDX-License-Identifier: Apache-2.0

#if RESILIENCE_PTHREAD_LOCKS
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
#else
import Synchronization
#endif

#if RESILIENCE_PTHREAD_LOCKS

/// A value that only one thread at a time can reach, guarded by a pthread mutex.
///
/// This variant exists for ThreadSanitizer alone: it understands pthread locks and reports false races on `Mutex`. It is
/// compiled in with `-D RESILIENCE_PTHREAD_LOCKS` and is the one place where the compiler's check is replaced by a promise.
package final class Locked<Value>: @unchecked Sendable {
    private var value: Value
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    package init(_ value: consuming sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        let code = pthread_mutex_init(mutex, nil)
        precondition(code == 0, "pthread_mutex_init failed with \(code)")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` with exclusive access to the value.
    package func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}

#else

/// A value that only one thread at a time can reach.
///
/// The one lock of this package. Decision state lives in it as a plain struct; effects (callbacks, continuations, events) are
/// performed after the lock is released. It is `Mutex` under a name of its own, so that a ThreadSanitizer build can swap it.
package struct Locked<Value>: ~Copyable, Sendable {
    private let mutex: Mutex<Value>

    package init(_ value: consuming sending Value) {
        mutex = Mutex(value)
    }

    /// Runs `body` with exclusive access to the value.
    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock(body)
    }
}

#endif
