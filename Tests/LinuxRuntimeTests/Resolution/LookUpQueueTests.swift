// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import Testing

@Suite("LookUpQueue")
struct LookUpQueueTests {
    @Test("a thread is asked for per name up to the limit, then names wait, then they are refused")
    func admission() {
        var queue = LookUpQueue(threadLimit: 2, capacity: 3)
        let admissions = (0..<6).map { queue.add("n\($0)") }
        #expect(admissions == [.needsThread, .needsThread, .queued, .queued, .queued, .full])
        #expect(queue.threadCount == 2)
        #expect(queue.next(onStart: true) == "n0")
        #expect(queue.add("n6") == .full)
        #expect(queue.next(onStart: true) == "n1")
        #expect(queue.next(onStart: false) == "n2")
        #expect(queue.add("n7") == .queued)
    }

    @Test("names leave in the order they came, and a thread without work is counted no longer")
    func order() {
        var queue = LookUpQueue(threadLimit: 1, capacity: 1_000)
        for number in 0..<500 { _ = queue.add("n\(number)") }
        for number in 0..<500 { #expect(queue.next(onStart: number == 0) == "n\(number)") }
        #expect(queue.next(onStart: false) == nil)
        #expect(queue.threadCount == 0)
        #expect(queue.add("again") == .needsThread)
    }

    @Test("a thread that cannot start leaves its name to the others")
    func failedThreadAmongOthers() {
        var queue = LookUpQueue(threadLimit: 2, capacity: 0)
        _ = queue.add("a")
        #expect(queue.next(onStart: true) == "a")
        #expect(queue.add("b") == .needsThread)
        #expect(queue.threadFailed() == [])
        #expect(queue.next(onStart: false) == "b")
    }

    @Test("when no thread can start, nothing keeps waiting")
    func failedLastThread() {
        var queue = LookUpQueue(threadLimit: 2, capacity: 5)
        _ = queue.add("a")
        #expect(queue.threadFailed() == ["a"])
        #expect(queue.count == 0)
        #expect(queue.add("b") == .needsThread)
    }

    @Test("a closed queue drops what waits and takes nothing")
    func closing() {
        var queue = LookUpQueue(threadLimit: 1, capacity: 5)
        _ = queue.add("a")
        _ = queue.add("b")
        queue.close()
        #expect(queue.next(onStart: true) == nil)
        #expect(queue.add("c") == .full)
    }
}
