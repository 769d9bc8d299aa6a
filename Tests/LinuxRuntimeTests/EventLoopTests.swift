// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@Suite("EventLoop")
struct EventLoopTests {
    @Test("an isolated call from another thread runs on the loop's thread")
    func isolatedCall() async throws {
        let loop = EventLoop(kernel: try SystemKernel())
        let thread = try LoopThread(running: loop, name: "test")
        let ran = await loop.onLoop()
        #expect(ran)
        thread.stopAndJoin()
    }

    @Test("timers fire in the order of their deadlines, equal ones in the order they were set")
    func timerOrder() async throws {
        let loop = EventLoop(kernel: try SystemKernel())
        let thread = try LoopThread(running: loop, name: "test")
        let order = await withCheckedContinuation { continuation in
            Task { await loop.fireInOrder(continuation) }
        }
        #expect(order == [1, 2, 3, 4])
        thread.stopAndJoin()
    }
}

extension EventLoop {
    fileprivate func onLoop() -> Bool {
        preconditionIsolated()
        return true
    }

    fileprivate func fireInOrder(_ continuation: CheckedContinuation<[Int], Never>) {
        let record = Record(continuation)
        for (delay, number) in [(20, 3), (10, 1), (10, 2), (30, 4)] {
            schedule(at: now.advanced(by: .milliseconds(delay))) { record.append(number) }
        }
    }
}

private final class Record {
    private var numbers: [Int] = []
    private let continuation: CheckedContinuation<[Int], Never>

    init(_ continuation: CheckedContinuation<[Int], Never>) {
        self.continuation = continuation
    }

    func append(_ number: Int) {
        numbers.append(number)
        if numbers.count == 4 { continuation.resume(returning: numbers) }
    }
}
