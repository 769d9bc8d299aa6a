// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import Testing

@Suite("SimulatedKernel: time")
struct SimulatedKernelTests {
    @Test("timers fire at their exact instants, however far apart")
    func exactTimers() {
        let kernel = SimulatedKernel()
        let loop = EventLoop(kernel: kernel)
        loop.simulate(.seconds(86_400)) { loop in
            for delay in [Duration.seconds(80_000), .nanoseconds(1), .milliseconds(1)] {
                loop.schedule(at: loop.now.advanced(by: delay)) { kernel.record("timer") }
            }
        }
        #expect(kernel.trace.lines.map(\.elapsed) == [.nanoseconds(1), .milliseconds(1), .seconds(80_000)])
        #expect(kernel.elapsed == .seconds(86_400))
        #expect(kernel.wallTime == SimulatedKernel.wallStart.advanced(by: .seconds(86_400)))
    }

    @Test("the world happens in order, and equal instants in the order of entry")
    func world() {
        let kernel = SimulatedKernel()
        for (delay, name) in [(2, "c"), (1, "a"), (1, "b")] {
            kernel.after(.seconds(delay)) { kernel.record(name) }
        }
        EventLoop(kernel: kernel).simulate(.seconds(3))
        #expect(kernel.trace.texts == ["a", "b", "c"])
    }

    @Test("a wait for nothing at all is a deadlock, told and not waited for")
    func deadlock() {
        let kernel = SimulatedKernel()
        let loop = EventLoop(kernel: kernel)
        kernel.onDeadlock { loop.stop() }
        loop.run()
        #expect(kernel.hasDeadlocked)
        #expect(kernel.elapsed == .zero)
    }

    @Test("a wait with a timer or an event of the world ahead is no deadlock")
    func noDeadlock() {
        let kernel = SimulatedKernel()
        let loop = EventLoop(kernel: kernel)
        kernel.after(.seconds(1)) { loop.stop() }
        loop.run()
        #expect(!kernel.hasDeadlocked)
        #expect(kernel.elapsed == .seconds(1))
    }

    @Test("a wake-up ends the next wait at once, and only that one")
    func wakeUp() {
        let kernel = SimulatedKernel()
        var ready: [Readiness] = []
        kernel.wake()
        kernel.wait(timeout: .seconds(1), ready: &ready)
        #expect(kernel.elapsed == .zero)
        kernel.wait(timeout: .seconds(1), ready: &ready)
        #expect(kernel.elapsed == .seconds(1))
    }

    @Test("a stalled handler makes the timers after it late")
    func stall() {
        let kernel = SimulatedKernel()
        let loop = EventLoop(kernel: kernel)
        loop.simulate(.seconds(60)) { loop in
            loop.schedule(at: loop.now.advanced(by: .seconds(1))) { kernel.advance(by: .seconds(30)) }
            loop.schedule(at: loop.now.advanced(by: .seconds(2))) { kernel.record("late") }
        }
        #expect(kernel.trace.lines.last?.elapsed == .seconds(31))
    }

    @Test("a stepped calendar leaves the monotonic clock alone")
    func calendar() {
        let kernel = SimulatedKernel()
        kernel.stepWallTime(by: .seconds(-3_600))
        #expect(kernel.wallTime == SimulatedKernel.wallStart.advanced(by: .seconds(-3_600)))
        #expect(kernel.elapsed == .zero)
    }

    @Test("a loop that makes no progress ends the test instead of hanging it")
    func livelock() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            EventLoop(kernel: SimulatedKernel()).run()
        }
        #expect(result.said("waited 100000 times in a row"))
    }
}
