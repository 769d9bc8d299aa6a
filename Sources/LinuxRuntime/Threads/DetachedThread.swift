// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel

/// A thread for what may wait for a disk without end: nobody can end one that hangs, and nobody waits for it.
package enum DetachedThread {
    /// Runs `body` on a thread of its own, called `name` (at most 15 bytes).
    ///
    /// - Throws: when no thread can be had.
    package static func start(named name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        var thread = pthread_t()
        // unsafe: retained here and released by the thread, or right below when there is none.
        let box = unsafe Unmanaged.passRetained(Box(name, body))
        let status = unsafe pthread_create(&thread, nil, { unsafe DetachedThread.run($0) }, box.toOpaque())
        guard status == 0 else {
            unsafe box.release()
            throw SystemError(code: status)
        }
        pthread_detach(thread)
    }

    private static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        // unsafe: the pointer is the box that `start` retained for this thread.
        let box = unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
        // unsafe: the text is copied by the callee.
        unsafe clinux_name_thread(String(box.name.prefix(15)))
        box.body()
        return nil
    }

    private final class Box: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
