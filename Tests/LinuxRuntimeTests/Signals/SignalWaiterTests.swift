// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxRuntime
import Testing

@Suite("SignalWaiter")
struct SignalWaiterTests {
    @Test("signals are waited for, one after another, and a wait without one is over in its time")
    func wait() async {
        await #expect(processExitsWith: .success) {
            let waiter = try SignalWaiter()
            precondition(waiter.wait(timeout: .milliseconds(1)) == nil, "a signal out of nowhere")
            for (number, signal) in [(SIGTERM, Signal.terminate), (SIGINT, .interrupt), (SIGHUP, .hangUp)] {
                raise(number)
                let received = waiter.wait(timeout: .seconds(30))
                precondition(received == signal, "\(String(describing: received)) for \(signal)")
            }
            precondition(waiter.wait(timeout: .zero) == nil, "a signal was received twice")
        }
    }

    @Test("signals that were ignored before are received")
    func ignoredBefore() async {
        await #expect(processExitsWith: .success) {
            signal(SIGHUP, SIG_IGN)
            let waiter = try SignalWaiter()
            raise(SIGHUP)
            precondition(waiter.wait(timeout: .seconds(30)) == .hangUp, "SIGHUP is still ignored")
        }
    }

    @Test("a write to a closed pipe is an error and not the end")
    func brokenPipe() async {
        await #expect(processExitsWith: .success) {
            _ = try SignalWaiter()
            var ends: [CInt] = [0, 0]
            precondition(pipe(&ends) == 0, "no pipe")
            close(ends[0])
            precondition(write(ends[1], "x", 1) == -1 && errno == EPIPE, "the write succeeded")
        }
    }
}
