// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import Testing

@testable import StateStore

/// A database of each version that was ever released lies in `Fixtures`, as the statements that make it.
@Suite("StateSchema")
struct StateSchemaTests {
    private let directory = TemporaryDirectory()
    /// Version 1 and what a next one could be.
    private let next = StateSchema(steps: StateSchema.current.steps + ["ALTER TABLE target ADD COLUMN note TEXT"])

    private func fixture(_ version: Int64) throws -> String {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let descriptor = open("/\(folder)/Fixtures/version-\(version).sql", O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0, "no fixture of version \(version)")
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    private func make(version: Int64) throws {
        directory.write([], to: "state.db")
        let connection = try SQLiteConnection(path: "\(directory.path)/state.db")
        try connection.execute(try fixture(version))
    }

    @Test(
        "state of every earlier version is restored, and kept in the newest layout",
        arguments: 1...StateSchema.current.version
    )
    func upgrade(version: Int64) throws {
        try make(version: version)
        let database = try directory.medium().open(at: stamp(60))
        let state = try database.load(at: stamp(60))
        #expect(state.damaged == 0)
        #expect(state.targets.count == 2)
        let first = try #require(state.targets[target("checkout")])
        #expect(first.saved == saved("checkout", sequence: 41))
        #expect(first.elapsed == .seconds(60))
        #expect(state.targets[target("search")]?.verdictAge == .seconds(50))
        #expect(state.targets[target("search")]?.saved.sequence == 9)
        #expect(state.maintenance.map(\.remaining) == [.seconds(3_540)])
        #expect(try database.changes(limit: 10).map(\.reason) == ["3 consecutive failures: connect refused"])
        let history = try database.history(of: target("search"), by: .minute, since: stamp(0).wall, limit: 10)
        #expect(history.map(\.rollup) == [rollup(12, .timeout)])
        try database.write(batch(saved("checkout", sequence: 42)), at: stamp(61), isLast: true)
        #expect(try database.load(at: stamp(61)).targets[target("checkout")]?.saved.sequence == 42)
    }

    @Test("a later step keeps what is there, and the older agent leaves its result alone")
    func later() throws {
        try make(version: 1)
        let medium = directory.medium(schema: next)
        #expect(try medium.open(at: stamp(60)).load(at: stamp(60)).targets.count == 2)
        let connection = try SQLiteConnection(path: "\(directory.path)/state.db")
        #expect(try connection.number("PRAGMA user_version") == 2)
        #expect(try connection.number("SELECT count(*) FROM target WHERE note IS NULL") == 2)
        #expect(throws: StateError.self) { _ = try directory.medium().open(at: stamp(60)) }
    }

    @Test("a step that fails changes nothing")
    func failing() throws {
        try make(version: 1)
        let broken = StateSchema(steps: next.steps + ["CREATE TABLE more (x); CREATE TABLE meta (y)"])
        #expect(throws: StateError.self) { _ = try directory.medium(schema: broken).open(at: stamp(60)) }
        let connection = try SQLiteConnection(path: "\(directory.path)/state.db")
        #expect(try connection.number("PRAGMA user_version") == 1)
        #expect(try connection.number("SELECT count(*) FROM sqlite_schema WHERE name = 'more'") == 0)
        #expect(try connection.text("SELECT name FROM pragma_table_info('target') WHERE name = 'note'") == nil)
        #expect(try directory.medium().open(at: stamp(60)).load(at: stamp(60)).targets.count == 2)
    }

    @Test("what the fixture of the newest version holds is what this version writes")
    func fixtureIsCurrent() throws {
        let database = try directory.medium().open(at: stamp(0))
        let made = try SQLiteConnection(path: "\(directory.path)/state.db").text(Self.layout)
        withExtendedLifetime(database) {}
        let other = TemporaryDirectory()
        other.write([], to: "state.db")
        let connection = try SQLiteConnection(path: "\(other.path)/state.db")
        try connection.execute(try fixture(StateSchema.current.version))
        #expect(try connection.text(Self.layout) == made)
    }

    private static let layout = """
        SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)
        """
}

/// Writes the fixture of the newest version anew: `BELLWETHER_FIXTURE=/tmp/f swift test --filter StateFixture`, then `sqlite3 .dump`.
@Suite("StateFixture", .enabled(if: getenv("BELLWETHER_FIXTURE") != nil))
struct StateFixture {
    @Test("the fixture is written")
    func write() throws {
        let path = try #require(getenv("BELLWETHER_FIXTURE").map { String(cString: $0) })
        let database = try StateDirectory(path: path, clock: { stamp(0).instant }).open(at: stamp(0))
        var all = batch(saved("checkout", sequence: 41), saved("search", sequence: 8, age: .zero))
        all.changes = [
            SavedChange(
                at: stamp(0).wall,
                target: target("checkout"),
                oldState: "closed",
                newState: "open",
                oldStatus: "healthy",
                newStatus: "unhealthy",
                reason: "3 consecutive failures: connect refused"
            )
        ]
        all.minutes = [30_000_000: [.init(target("search"), rollup(12, .timeout))]]
        all.maintenance = [
            SavedMaintenance(targets: [target("search")], since: stamp(0).wall, remaining: .seconds(3_600), by: "uid 0")
        ]
        try database.write(all, at: stamp(0), isLast: true)
        var heard = StateBatch()
        heard.heard = [.init(target("search"), instant: stamp(10).instant, sequence: 9)]
        try database.write(heard, at: stamp(10), isLast: true)
    }
}
