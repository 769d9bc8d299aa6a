// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Resilience

extension HotPath {
    /// A timer that fires, sets itself again and its deadline anew, while 2,000 others wait; a turn of the loop included.
    static let timers = HotPath(name: "timers") {
        let kernel = CannedKernel(answer: [])
        let loop = EventLoop(kernel: kernel)
        Task.immediate { await wait(2_000, on: loop) }
        return { operations in
            Task.immediate { await tick(operations, on: loop) }
            loop.run(until: kernel.now.advanced(by: .microseconds(operations + 1)))
        }
    }

    private static func wait(_ timers: Int, on loop: isolated EventLoop) async {
        let ticker = Ticker(times: 0)
        for number in 0..<timers { loop.schedule(ticker, at: loop.now.advanced(by: .seconds(1_000 + number))) }
    }

    private static func tick(_ times: Int, on loop: isolated EventLoop) async {
        Ticker(times: times).start(on: loop)
    }

    /// A call that a closed breaker admits, and that succeeds.
    static let breaker = HotPath(name: "breaker") {
        let breaker = CircuitBreaker(name: "benchmark", configuration: .init())
        return { operations in
            for _ in 0..<operations {
                guard case .admitted(let permit) = breaker.tryAcquire() else {
                    preconditionFailure("the breaker rejects")
                }
                permit.succeed()
            }
        }
    }
}

/// Fires every microsecond, and sets a deadline each time that it never meets; lives on one loop.
private final class Ticker: TimerHandler {
    private var left: Int
    private var deadline: TimerID?

    init(times: Int) {
        left = times
    }

    func start(on loop: isolated EventLoop) {
        left -= 1
        if let deadline { loop.cancel(deadline) }
        deadline = loop.schedule(self, at: loop.now.advanced(by: .seconds(5)))
        loop.schedule(self, at: loop.now.advanced(by: .microseconds(1)))
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard left > 0 else { return }
        start(on: loop)
    }
}
