// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import StateStore

@Suite("SQLiteDatabase")
struct StateDatabaseTests {
    private let directory = TemporaryDirectory()

    @Test("what was written is there after the next open, with its age")
    func roundTrip() throws {
        try directory.medium().open(at: stamp(0)).write(batch(saved("a"), saved("b")), at: stamp(0), isLast: false)
        let state = try directory.medium().open(at: stamp(7)).load(at: stamp(7))
        #expect(state.targets.keys.sorted() == [target("a"), target("b")])
        let found = try #require(state.targets[target("a")])
        #expect(found.saved == saved("a"))
        #expect(found.elapsed == .seconds(7))
        #expect(found.verdictAge == .milliseconds(8_500))
        #expect(state.damaged == 0)
    }

    @Test("a target that is written again has its newest values only")
    func overwrite() throws {
        let database = try directory.medium().open(at: stamp(0))
        try database.write(batch(saved("a", sequence: 1)), at: stamp(0), isLast: false)
        try database.write(batch(saved("a", sequence: 2, standing: .healthy)), at: stamp(1), isLast: false)
        let state = try database.load(at: stamp(1))
        #expect(state.targets.count == 1)
        #expect(state.targets[target("a")]?.saved.sequence == 2)
        #expect(state.targets[target("a")]?.saved.standing == .healthy)
    }

    @Test("a verdict that changed nothing makes the saved one younger, at most every five seconds")
    func heard() throws {
        var database: (any StateDatabase)? = try directory.medium().open(at: stamp(0))
        try database?.write(batch(saved("a", age: .zero)), at: stamp(0), isLast: false)
        for second in 1...10 {
            var next = StateBatch()
            next.heard = [.init(target("a"), instant: stamp(Double(second)).instant, sequence: UInt64(second) + 1)]
            try database?.write(next, at: stamp(Double(second)), isLast: false)
        }
        database = nil
        let found = try #require(try directory.medium().open(at: stamp(12)).load(at: stamp(12)).targets[target("a")])
        #expect(found.verdictAge == .seconds(6))
        #expect(found.saved.sequence == 7)
        #expect(found.saved.verdictAt == stamp(6).wall)
        #expect(found.elapsed == .seconds(12), "the rest of the row is as old as it was")
    }

    @Test("verdicts that come at the agent's pace are written at once, whatever else is written in between")
    func heardAtOnce() throws {
        var database: (any StateDatabase)? = try directory.medium().open(at: stamp(0))
        try database?.write(batch(saved("a", age: .zero), saved("b", age: .zero)), at: stamp(0), isLast: false)
        var heard = StateBatch()
        heard.heard = [.init(target("a"), instant: stamp(10).instant, sequence: 2)]
        try database?.write(heard, at: stamp(10.9), isLast: false)
        // Another row, and one that takes the place of what was heard.
        try database?.write(batch(saved("b", sequence: 2, age: .zero)), at: stamp(18), isLast: false)
        try database?.write(batch(saved("b", sequence: 3, age: nil)), at: stamp(19), isLast: false)
        heard.heard = [.init(target("a"), instant: stamp(20).instant, sequence: 3)]
        try database?.write(heard, at: stamp(20), isLast: false)
        database = nil
        let found = try directory.medium().open(at: stamp(21)).load(at: stamp(21)).targets
        #expect(found[target("a")]?.saved.sequence == 3)
        #expect(found[target("a")]?.verdictAge == .seconds(1))
        #expect(found[target("b")]?.verdictAge == nil)
    }

    @Test("of several entries of one target in a batch all runs count, and the last verdict")
    func severalEntries() throws {
        let database = try directory.medium().open(at: stamp(0))
        var all = batch(saved("a", age: .zero))
        all.heard = [2, 3].map { .init(target("a"), instant: stamp(Double($0)).instant, sequence: $0) }
        all.minutes = [30_000_000: [.init(target("a"), rollup(1)), .init(target("a"), rollup(2))]]
        try database.write(all, at: stamp(3), isLast: false)
        let found = try database.load(at: stamp(4)).targets[target("a")]
        #expect(found?.verdictAge == .seconds(1))
        let spans = try database.history(of: target("a"), by: .minute, since: stamp(0).wall, limit: 10)
        #expect(spans.map(\.rollup.runs) == [2])
    }

    @Test("the last batch puts nothing off")
    func lastHeard() throws {
        var database: (any StateDatabase)? = try directory.medium().open(at: stamp(0))
        try database?.write(batch(saved("a", age: .zero)), at: stamp(0), isLast: false)
        var next = StateBatch()
        next.heard = [.init(target("a"), instant: stamp(1).instant, sequence: 2)]
        try database?.write(next, at: stamp(1), isLast: true)
        database = nil
        let found = try directory.medium().open(at: stamp(3)).load(at: stamp(3)).targets[target("a")]
        #expect(found?.verdictAge == .seconds(2))
    }

    @Test("the ages of targets that have no new verdict survive a run in between")
    func heardAcrossRuns() throws {
        try directory.medium().open(at: stamp(0)).write(
            batch(saved("a", age: .zero), saved("b", age: .zero)),
            at: stamp(0),
            isLast: true
        )
        let second = batch(saved("b", sequence: 2, age: .zero))
        try directory.medium().open(at: stamp(20)).write(second, at: stamp(20), isLast: true)
        let state = try directory.medium().open(at: stamp(30)).load(at: stamp(30))
        #expect(state.targets[target("a")]?.verdictAge == .seconds(30))
        #expect(state.targets[target("b")]?.verdictAge == .seconds(10))
    }

    @Test("a target that is not configured any more is not restored, and forgotten after a week")
    func roster() throws {
        let database = try directory.medium().open(at: stamp(0))
        try database.write(batch(saved("a"), saved("b")), at: stamp(0), isLast: false)
        var reload = StateBatch()
        reload.roster = [target("b")]
        try database.write(reload, at: stamp(1), isLast: false)
        #expect(try database.load(at: stamp(1)).targets.keys.sorted() == [target("b")])
        reload.roster = [target("a"), target("b")]
        try database.write(reload, at: stamp(2), isLast: false)
        #expect(try database.load(at: stamp(2)).targets.count == 2, "it came back before the week was over")
        reload.roster = [target("b")]
        try database.write(reload, at: stamp(3), isLast: false)
        try database.tidy(at: stamp(8 * 86_400))
        reload.roster = [target("a"), target("b")]
        try database.write(reload, at: stamp(8 * 86_400), isLast: false)
        #expect(try database.load(at: stamp(8 * 86_400)).targets.keys.sorted() == [target("b")])
    }

    @Test("maintenance survives with what is left of it, and not longer than that")
    func maintenance() throws {
        let window = SavedMaintenance(
            targets: [target("a")],
            groups: ["payments"],
            tags: ["tier": "web", "a": "b"],
            since: stamp(-60).wall,
            remaining: .seconds(100),
            reason: nil,
            by: "uid 0"
        )
        var limits = StateLimits()
        limits.mostUnproved = 100
        let medium = directory.medium(limits)
        var one = StateBatch()
        one.maintenance = [window]
        try medium.open(at: stamp(0)).write(one, at: stamp(0), isLast: false)
        var expected = window
        expected.remaining = .seconds(70)
        #expect(try medium.open(at: stamp(30)).load(at: stamp(30)).maintenance == [expected])
        #expect(try medium.open(at: stamp(101)).load(at: stamp(101)).maintenance == [])
        expected.remaining = .seconds(100)
        let goneBack = stamp(30, boot: 2, wallShift: -3_600)
        #expect(try medium.open(at: goneBack).load(at: goneBack).maintenance == [expected])
        one.maintenance = []
        try medium.open(at: stamp(31)).write(one, at: stamp(31), isLast: false)
        #expect(try medium.open(at: stamp(32)).load(at: stamp(32)).maintenance == [])
    }

    @Test("the directory and its files belong to their owner alone")
    func modes() throws {
        let medium = StateDirectory(path: "\(directory.path)/", clock: { stamp(0).instant })
        directory.write([], to: StateDirectory.fileName)
        let database = try medium.open(at: stamp(0))
        try database.write(batch(saved("a")), at: stamp(0), isLast: false)
        #expect(directory.names == ["state.db", "state.db-shm", "state.db-wal", "state.lock"])
        for name in directory.names { #expect(directory.mode(of: name) == 0o600, "\(name)") }
        withExtendedLifetime(database) {}
    }

    @Test("changes come back in order, and the oldest of too many go")
    func changes() throws {
        var limits = StateLimits()
        limits.changesKept = 5
        let database = try directory.medium(limits).open(at: stamp(0))
        var next = StateBatch()
        next.changes = (1...9).map { number in
            SavedChange(
                at: stamp(Double(number)).wall,
                target: number.isMultiple(of: 2) ? nil : target("a"),
                oldState: "closed",
                newState: "open",
                oldStatus: "healthy",
                newStatus: "unhealthy",
                reason: "\(number)"
            )
        }
        try database.write(next, at: stamp(9), isLast: false)
        try database.tidy(at: stamp(60))
        #expect(try database.changes(limit: 100) == Array(next.changes.suffix(5)))
        #expect(try database.changes(limit: 2) == Array(next.changes.suffix(2)))
    }
}
