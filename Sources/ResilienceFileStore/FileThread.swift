// SPDX-License-Identifier: Apache-2.0

import Resilience

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs blocking work, one piece after the other, on a thread that lives only while there is work.
///
/// A flush to a disk can take seconds, and the threads of Swift's cooperative pool are as many as the processor's cores: blocking one
/// stops other tasks. A store writes seldom, so starting a thread (some 20 µs) is nothing beside the flush, and a thread that ends by
/// itself needs no one to stop it.
final class FileThread: Sendable {
    private typealias Work = @Sendable (SystemFailure?) -> Void

    private struct State: Sendable {
        var work: [Work] = []
        var isRunning = false
    }

    private let state = Locked(State())

    /// Runs `body` on the thread.
    ///
    /// - Parameters:
    ///   - onFailure: makes the error for the case that no thread can be had.
    ///   - body: the work.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws, or what `onFailure` makes.
    nonisolated(nonsending) func run<Value: Sendable, Failure: Error>(
        onFailure: @escaping @Sendable (SystemFailure) -> Failure,
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            add { failure in
                if let failure {
                    continuation.resume(returning: .failure(onFailure(failure)))
                } else {
                    do throws(Failure) {
                        continuation.resume(returning: .success(try body()))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            }
        }
        return try result.get()
    }

    private func add(_ work: @escaping Work) {
        let mustStart = state.withLock { state in
            state.work.append(work)
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard mustStart else { return }
        let code = startThread()
        guard code != 0 else { return }
        let stranded = state.withLock { state in
            defer { state = State() }
            return state.work
        }
        for work in stranded { work(SystemFailure(call: "start a thread", code: code)) }
    }

    private func startThread() -> Int32 {
        #if canImport(Glibc)
        var thread = pthread_t()
        #else
        var thread: pthread_t?
        #endif
        // unsafe: the reference is retained here and released by the thread, or right below when there is none.
        let reference = unsafe Unmanaged.passRetained(self)
        let code = unsafe pthread_create(&thread, nil, { unsafe FileThread.begin($0) }, reference.toOpaque())
        if code != 0 { unsafe reference.release() }
        return code
    }

    private static func begin(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        // Nobody waits for the thread to end.
        pthread_detach(pthread_self())
        blockSignals()
        // unsafe: the pointer is the reference that `startThread` retained for this thread.
        unsafe Unmanaged<FileThread>.fromOpaque(argument).takeRetainedValue().runUntilIdle()
        return nil
    }

    /// Leaves signals to the threads of the program, but for those that a fault of this thread raises: their handlers report crashes.
    private static func blockSignals() {
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        for fault in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP] { unsafe sigdelset(&signals, fault) }
        unsafe pthread_sigmask(SIG_SETMASK, &signals, nil)
    }

    private func runUntilIdle() {
        while true {
            let work = state.withLock { state in
                defer { state.work = [] }
                if state.work.isEmpty { state.isRunning = false }
                return state.work
            }
            if work.isEmpty { return }
            for work in work { work(nil) }
        }
    }
}
