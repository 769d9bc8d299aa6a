// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import HealthModel

/// The thread on which the disk is waited for.
///
/// It is detached: nobody can end a thread that hangs in a flush, and the process need not wait for it.
enum StateThread {
    /// - Throws: when no thread can be had.
    static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        var thread = pthread_t()
        // unsafe: retained here and released by the thread, or right below when there is none.
        let box = unsafe Unmanaged.passRetained(Box(body))
        let status = unsafe pthread_create(&thread, nil, { unsafe StateThread.run($0) }, box.toOpaque())
        guard status == 0 else {
            unsafe box.release()
            throw SystemError(code: status, text: "no thread for the state")
        }
        pthread_detach(thread)
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        // unsafe: the pointer is the box that `start` retained for this thread.
        let box = unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
        // unsafe: the text is copied by the callee.
        unsafe clinux_name_thread("state")
        box.body()
        return nil
    }

    private final class Box: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }
}
