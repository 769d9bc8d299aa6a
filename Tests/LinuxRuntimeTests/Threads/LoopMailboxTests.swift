// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@Suite("LoopMailbox")
struct LoopMailboxTests {
    @Test("every letter of every thread arrives once, those of one thread in their order")
    func order() async throws {
        let (threads, letters) = (4, 5_000)
        let box = try LoopMailbox<Letter>()
        let loop = EventLoop(kernel: try SystemKernel())
        let thread = try LoopThread(running: loop, name: "test")
        let reader = Task { try await loop.read(box, until: threads * letters) }
        for sender in 0..<threads {
            try DetachedThread.start(named: "sender") {
                for number in 0..<letters { box.post(Letter(sender: sender, number: number)) }
            }
        }
        let all = try await reader.value
        for sender in 0..<threads {
            #expect(all.filter { $0.sender == sender }.map(\.number) == Array(0..<letters))
        }
        thread.stopAndJoin()
    }

    @Test("a letter that was posted before anybody watched is told of")
    func early() async throws {
        let box = try LoopMailbox<Letter>()
        box.post(Letter(sender: 0, number: 7))
        let loop = EventLoop(kernel: try SystemKernel())
        let thread = try LoopThread(running: loop, name: "test")
        #expect(try await loop.read(box, until: 1).map(\.number) == [7])
        thread.stopAndJoin()
    }

    @Test("the memory of the last batch is used for the next, and nothing is taken twice")
    func batches() throws {
        let box = try LoopMailbox<Letter>()
        var batch = [Letter(sender: 9, number: 9)]
        for round in 0..<3 {
            box.post(Letter(sender: 0, number: round))
            box.post(Letter(sender: 1, number: round))
            box.take(into: &batch)
            #expect(batch.map(\.sender) == [0, 1])
            #expect(batch.map(\.number) == [round, round])
        }
        box.take(into: &batch)
        #expect(batch.isEmpty)
    }
}

private struct Letter: Sendable {
    let sender: Int
    let number: Int
}

extension EventLoop {
    fileprivate func read(_ box: LoopMailbox<Letter>, until count: Int) async throws(SystemError) -> [Letter] {
        let reader = Reader(box, count: count)
        try watch(box.signal, reader)
        let letters = await withCheckedContinuation { reader.continuation = $0 }
        unwatch(box.signal)
        return letters
    }
}

private final class Reader: DescriptorHandler {
    private let box: LoopMailbox<Letter>
    private let count: Int
    private var letters: [Letter] = []
    private var batch: [Letter] = []
    var continuation: CheckedContinuation<[Letter], Never>?

    init(_ box: LoopMailbox<Letter>, count: Int) {
        self.box = box
        self.count = count
    }

    func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        box.take(into: &batch)
        letters += batch
        guard letters.count == count else { return }
        continuation?.resume(returning: letters)
        continuation = nil
    }
}
