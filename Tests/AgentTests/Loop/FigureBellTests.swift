// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Agent

@Suite("FigureBell")
struct FigureBellTests {
    @Test("however often it is rung, the loop is asked once until it has heard")
    func once() async {
        let (commands, send) = AsyncStream.makeStream(of: ProbeLoopCommand.self)
        let bell = FigureBell(send)
        for _ in 0..<10 { bell.ring() }
        bell.answer()
        bell.ring()
        send.finish()
        var count = 0
        for await command in commands {
            guard case .figures(let rung) = command else { continue }
            #expect(rung === bell)
            count += 1
        }
        #expect(count == 2)
    }

    @Test("where there was no room, it can be rung again")
    func noRoom() async {
        let (commands, send) = AsyncStream.makeStream(of: ProbeLoopCommand.self, bufferingPolicy: .bufferingOldest(1))
        let bell = FigureBell(send)
        send.yield(.drain)
        bell.ring()
        var iterator = commands.makeAsyncIterator()
        _ = await iterator.next()
        bell.ring()
        let second = await iterator.next()
        guard case .figures = second else {
            Issue.record("the bell was not heard")
            return
        }
    }
}
