// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import Testing

@testable import StateStore

@Suite("State faults")
struct StateFaultTests {
    private let directory = TemporaryDirectory()

    /// A database of 300 targets with history, closed, as one file.
    private static let filled: [UInt8] = {
        let directory = TemporaryDirectory()
        var all = StateBatch()
        for index in 0..<300 {
            all.targets[target("t\(index)")] = saved("t\(index)", sequence: 5)
            all.minutes[30_000_000, default: []].append(.init(target("t\(index)"), rollup(index + 1)))
        }
        all.changes = (0..<100).map {
            SavedChange(at: stamp(0).wall, target: nil, oldStatus: "healthy", newStatus: "degraded", reason: "\($0)")
        }
        do {
            let database = try directory.medium().open(at: stamp(0))
            try database.write(all, at: stamp(0), isLast: true)
            try database.tidy(at: stamp(600))
        } catch {
            preconditionFailure("no database to damage: \(error)")
        }
        return directory.read("state.db")
    }()

    private func fill() {
        directory.write(Self.filled, to: "state.db")
    }

    /// Everything that is restored is as it was written, and a new agent can begin in any case.
    private func expectUsable(_ comment: Comment) {
        let writer = StateWriter(medium: directory.medium())
        let state = writer.load(at: stamp(10))
        #expect(state != nil, "\(comment): \(writer.problem?.message ?? "no problem")")
        for (name, found) in state?.targets ?? [:] { #expect(found.saved == saved(name.text, sequence: 5), comment) }
        writer.add(batch(saved("new", sequence: 9)))
        #expect(writer.finish(at: stamp(11)), comment)
        let again = StateWriter(medium: directory.medium()).load(at: stamp(12))
        #expect(again?.targets[target("new")]?.saved == saved("new", sequence: 9), comment)
    }

    @Test("a file that ends anywhere is put aside, or gives only what was written", arguments: 0..<24 as Range<UInt64>)
    func truncated(seed: UInt64) throws {
        fill()
        var random = SplitMix(seed: seed)
        let bytes = directory.read("state.db")
        let length = Int.random(in: 0..<bytes.count, using: &random)
        directory.write(Array(bytes.prefix(length)), to: "state.db")
        expectUsable("\(length) of \(bytes.count) bytes")
        let aside = directory.names.filter { $0.hasPrefix("state.db.corrupt-") }
        if let name = aside.first { #expect(directory.read(name).count == length, "nothing of it is lost") }
    }

    @Test("flipped bits are put aside, or give only what was written", arguments: 0..<60 as Range<UInt64>)
    func flipped(seed: UInt64) throws {
        fill()
        var random = SplitMix(seed: seed)
        var bytes = directory.read("state.db")
        // Half of them in the first page, which holds the header and the schema.
        for _ in 0...seed % 3 {
            let place = Int.random(in: 0..<(seed.isMultiple(of: 2) ? 4_096 : bytes.count), using: &random)
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        }
        let readable = bytes[60..<64].elementsEqual([0, 0, 0, 1]) && bytes[68..<72].elementsEqual(Array("BWST".utf8))
        guard readable else { return }
        directory.write(bytes, to: "state.db")
        expectUsable("seed \(seed)")
    }

    @Test("each byte of the header may be wrong", arguments: Array(16..<60) + Array(64..<68) + Array(72..<112))
    func header(place: Int) {
        var bytes = Self.filled
        bytes[place] ^= 0x82
        directory.write(bytes, to: "state.db")
        expectUsable("byte \(place)")
    }

    @Test(
        "a page of zeros, or of noise, is put aside or gives only what was written",
        arguments: 0..<12 as Range<UInt64>
    )
    func pages(seed: UInt64) throws {
        fill()
        var random = SplitMix(seed: seed)
        var bytes = directory.read("state.db")
        let page = Int.random(in: 1..<bytes.count / 4_096, using: &random)
        for place in 0..<4_096 {
            bytes[page * 4_096 + place] = seed.isMultiple(of: 2) ? 0 : UInt8(random.next() & 0xFF)
        }
        directory.write(bytes, to: "state.db")
        expectUsable("page \(page)")
    }

    @Test("a damaged file is kept beside the new one")
    func setAside() throws {
        directory.write(
            Array("this is no database, and much longer than a header of one hundred bytes is, is it not? ".utf8)
                + Array(repeating: 7, count: 5_000),
            to: "state.db"
        )
        let writer = StateWriter(medium: directory.medium())
        #expect(writer.load(at: stamp(0)) == SavedState())
        let name = "state.db.corrupt-20270115T080000.000Z"
        #expect(writer.takeSetAside().map { $0.hasSuffix("/\(name)") } == [true])
        #expect(directory.names.contains(name))
        #expect(directory.read(name).count > 5_000)
        #expect(writer.problem == nil)
    }

    @Test("ten damaged files are enough: then state stays in memory and nothing is overwritten")
    func manySetAside() throws {
        for number in 0..<10 { directory.write([1], to: "state.db.corrupt-\(number)") }
        let garbage = [UInt8](repeating: 9, count: 3_000)
        directory.write(garbage, to: "state.db")
        let writer = StateWriter(medium: directory.medium())
        #expect(writer.load(at: stamp(0)) == nil)
        #expect(writer.problem?.code == .corrupt)
        #expect(directory.read("state.db") == garbage)
    }

    @Test("a database of a newer agent is left alone")
    func newer() throws {
        fill()
        let raw = try SQLiteConnection(path: "\(directory.path)/state.db")
        try raw.execute("PRAGMA user_version = 99; CREATE TABLE later (x)")
        _ = try raw.checkpoint()
        let before = directory.read("state.db")
        let writer = StateWriter(medium: directory.medium())
        #expect(writer.load(at: stamp(0)) == nil)
        #expect(writer.problem?.code == .newer)
        #expect(writer.problem?.message == "a newer agent has written the file (version 99, this one knows 1)")
        #expect(directory.read("state.db") == before)
        #expect(!directory.names.contains { $0.contains("corrupt") })
    }

    @Test("a database of another program is left alone")
    func foreign() throws {
        directory.write([], to: "state.db")
        try SQLiteConnection(path: "\(directory.path)/state.db").execute(
            "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)"
        )
        let before = directory.read("state.db")
        let writer = StateWriter(medium: directory.medium())
        #expect(writer.load(at: stamp(0)) == nil)
        #expect(writer.problem?.code == .foreign)
        #expect(directory.read("state.db") == before)
    }

    @Test(
        "what is no regular file is neither opened nor moved",
        arguments: ["state.db", "state.db-wal", "state.db-shm"]
    )
    func planted(name: String) throws {
        for make in [0, 1, 2] {
            let path = "\(directory.path)/\(name)"
            switch make {
            case 0: #expect(mkfifo(path, 0o600) == 0)
            case 1: #expect(symlink("/etc/hostname", path) == 0)
            default: #expect(mkdir(path, 0o700) == 0)
            }
            let writer = StateWriter(medium: directory.medium())
            #expect(writer.load(at: stamp(0)) == nil)
            #expect(writer.problem?.code == .foreign, "\(make): \(writer.problem?.message ?? "")")
            #expect(make == 2 ? rmdir(path) == 0 : unlink(path) == 0)
        }
    }

    @Test(
        "files that are removed or replaced while they are used are made anew, with all that is known",
        arguments: [["state.db"], ["state.db-wal"], ["state.db", "state.db-wal", "state.db-shm", "state.lock"], []]
    )
    func removed(names: [String]) throws {
        let writer = StateWriter(medium: directory.medium())
        _ = writer.load(at: stamp(0))
        writer.add(batch(saved("a", sequence: 1)))
        _ = writer.step(at: stamp(1))
        #expect(writer.problem == nil)
        for name in names { unlink("\(directory.path)/\(name)") }
        // As a copy that somebody puts in place.
        if names.isEmpty { rename("\(directory.path)/state.db", "\(directory.path)/state.db.old") }
        if names.isEmpty { directory.write(Self.filled, to: "state.db") }
        _ = writer.takeWish()
        writer.add(batch(saved("b", sequence: 2)))
        _ = writer.step(at: stamp(3))
        #expect(writer.problem?.code == .inputOutput)
        _ = writer.step(at: stamp(9))
        #expect(writer.problem == nil, "\(writer.problem?.message ?? "")")
        let wantsEverything = writer.takeWish()
        #expect(wantsEverything)
        writer.add(batch(saved("a", sequence: 1)))
        #expect(writer.finish(at: stamp(11)))
        let state = StateWriter(medium: directory.medium()).load(at: stamp(12))
        #expect(state?.targets[target("a")]?.saved == saved("a", sequence: 1))
        #expect(state?.targets[target("b")]?.saved == saved("b", sequence: 2))
    }

    @Test("symbolic links that lead in a circle are a problem, not an end")
    func linkLoop() {
        let path = directory.path + "/loop"
        symlink("loop", path)
        let writer = StateWriter(medium: StateDirectory(path: path, clock: { stamp(0).instant }))
        #expect(writer.load(at: stamp(0)) == nil)
        #expect(writer.problem?.code == .inputOutput)
        #expect(directory.names == ["loop"])
    }

    @Test("two agents do not share a directory")
    func locked() throws {
        let first = try directory.medium().open(at: stamp(0))
        let writer = StateWriter(medium: directory.medium())
        #expect(writer.load(at: stamp(0)) == nil)
        #expect(writer.problem?.code == .inUse)
        #expect(writer.problem?.message.hasPrefix("another agent keeps its state in ") == true)
        withExtendedLifetime(first) {}
    }

    @Test("a directory that cannot be made is a problem, not an end")
    func unmakeable() {
        directory.write([], to: "file")
        let writer = StateWriter(
            medium: StateDirectory(path: "\(directory.path)/file/state", clock: { stamp(0).instant })
        )
        #expect(writer.load(at: stamp(0)) == nil)
        #expect(writer.problem?.code == .inputOutput)
    }

    @Test("a database that is full keeps verdicts by letting history go")
    func full() throws {
        var limits = StateLimits()
        limits.maximumBytes = 40 * SQLiteDatabase.pageSize
        let writer = StateWriter(medium: directory.medium(limits), limits: limits)
        _ = writer.load(at: stamp(0))
        var all = StateBatch()
        for index in 0..<100 { all.targets[target("t\(index)")] = saved("t\(index)") }
        writer.add(all)
        _ = writer.step(at: stamp(0))
        #expect(writer.problem == nil)
        // Ten minutes at once are more than there is room for; a minute alone is not.
        var time = 2.0
        for minute in 0..<400 as Range<Int64> {
            var next = StateBatch()
            next.minutes[30_000_000 + minute] = all.targets.keys.map { .init($0, rollup(5, .dns)) }
            writer.add(next)
            time += 400
            _ = writer.step(at: stamp(time))
            if minute == 399 { _ = writer.step(at: stamp(time + 400)) }
        }
        #expect(writer.problem == nil)
        writer.add(batch(saved("t1", sequence: 8)))
        #expect(writer.finish(at: stamp(time + 800)))
        let state = StateWriter(medium: directory.medium(limits)).load(at: stamp(time + 801))
        #expect(state?.targets.count == 100)
        #expect(state?.targets[target("t1")]?.saved.sequence == 8)
    }

    @Test("runs that end soon after they have read the state have it put aside the fourth time")
    func crashLoop() throws {
        fill()
        for _ in 0..<3 {
            #expect(StateWriter(medium: directory.medium()).load(at: stamp(10))?.targets.count == 300)
        }
        let writer = StateWriter(medium: directory.medium())
        #expect(writer.load(at: stamp(11)) == SavedState())
        #expect(writer.takeSetAside().count == 1)
    }

    @Test("a run that lasts, or ends well, proves that the state is sound")
    func provedRuns() throws {
        fill()
        for round in 0..<6 {
            let writer = StateWriter(medium: directory.medium())
            #expect(writer.load(at: stamp(10))?.targets.count == 300)
            writer.add(batch(saved("t1", sequence: 6)))
            if round.isMultiple(of: 2) { _ = writer.step(at: stamp(21)) } else { _ = writer.finish(at: stamp(11)) }
        }
    }
}

/// SplitMix64, so that a seed gives the same faults everywhere.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
