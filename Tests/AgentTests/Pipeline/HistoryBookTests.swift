// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("HistoryBook")
struct HistoryBookTests {
    private static let target = TargetID(0)

    private func note(_ book: inout HistoryBook, _ second: Int64, _ message: String = "connection refused") {
        let outcome = Outcome(
            verdict: .unhealthy,
            layer: .l4Connection,
            failure: Failure(.refused, message),
            startedAt: MonotonicInstant(nanoseconds: 0),
            duration: .milliseconds(3)
        )
        let time = WallTime(nanosecondsSinceEpoch: second * 1_000_000_000)
        book.note(outcome, isCounted: true, of: Self.target, at: time)
    }

    private func seconds(_ book: HistoryBook) throws -> [Int64] {
        let name = try #require(TargetName("db"))
        let history = book.history(of: Self.target, name: name, since: nil, limit: 1_000)
        return history.entries.map { $0.at.nanosecondsSinceEpoch / 1_000_000_000 }
    }

    @Test("an entry is as small as it says, so the budget holds")
    func size() {
        #expect(MemoryLayout<HistoryEntry>.stride <= 48)
        #expect(HistoryBook.budget * MemoryLayout<HistoryEntry>.stride <= 50 * 1_024 * 1_024)
    }

    @Test(
        "many targets share the budget",
        arguments: [(0, 256), (1, 256), (4_096, 256), (50_000, 20), (1_000_000, 8)]
    )
    func share(targets: Int, capacity: Int) {
        var book = HistoryBook()
        book.fit(targets: targets)
        #expect(book.capacity == capacity)
    }

    @Test("of too many entries the oldest are gone, also when the share shrinks and grows again")
    func ring() throws {
        var book = HistoryBook()
        for second in 1...300 { note(&book, Int64(second)) }
        #expect(try seconds(book) == Array(45...300))
        book.fit(targets: 50_000)
        #expect(try seconds(book) == Array(281...300))
        note(&book, 301)
        #expect(try seconds(book) == Array(282...301))
        book.fit(targets: 1)
        for second in 302...310 { note(&book, Int64(second)) }
        #expect(try seconds(book) == Array(282...310))
    }

    @Test("a text is cut, and a target that is gone is forgotten")
    func texts() throws {
        var book = HistoryBook()
        note(&book, 1, String(repeating: "é", count: 500))
        let name = try #require(TargetName("db"))
        let entry = try #require(book.history(of: Self.target, name: name, since: nil, limit: 1).entries.first)
        #expect(entry.text.utf8.count <= 200)
        book.forget(Self.target)
        #expect(try seconds(book) == [])
    }
}
