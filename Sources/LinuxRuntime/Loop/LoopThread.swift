// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel

/// The thread that runs an event loop.
package struct LoopThread: ~Copyable {
    private let thread: pthread_t
    private let loop: EventLoop

    /// Starts a thread, called `name` (at most 15 bytes), that runs `loop`.
    ///
    /// - Throws: why no thread can be had.
    package init(running loop: EventLoop, name: String) throws(SystemError) {
        var thread = pthread_t()
        // unsafe: the box is retained here and released by the thread, exactly once each.
        let box = unsafe Unmanaged.passRetained(Start(loop: loop, name: name))
        let status = unsafe pthread_create(&thread, nil, { unsafe Start.run($0) }, box.toOpaque())
        guard status == 0 else {
            unsafe box.release()
            throw SystemError(code: status)
        }
        self.thread = thread
        self.loop = loop
    }

    /// Stops the loop and waits for its thread to end.
    package consuming func stopAndJoin() {
        loop.stop()
        // The thread was created joinable and is joined once, because this consumes the value.
        _ = pthread_join(thread, nil)
    }
}

private final class Start: Sendable {
    let loop: EventLoop
    let name: String

    init(loop: EventLoop, name: String) {
        self.loop = loop
        self.name = name
    }

    static func run(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        // unsafe: the pointer is the box that `init` retained for this thread.
        let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        // unsafe: the text is copied by the callee.
        unsafe clinux_name_thread(String(start.name.prefix(15)))
        // One wake-up then serves every probe that begins within it. What arrives on a descriptor still wakes at once.
        clinux_let_timers_be_late(500_000)
        start.loop.run()
        return nil
    }
}
