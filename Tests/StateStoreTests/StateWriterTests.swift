// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Synchronization
import Testing

@testable import StateStore

@Suite("StateWriter")
struct StateWriterTests {
    private let medium = ScriptedMedium()

    private func step(_ writer: StateWriter, _ seconds: Double) -> Double? {
        writer.step(at: stamp(seconds)).map { Double(stamp(0).instant.duration(to: $0).inNanoseconds) / 1e9 }
    }

    @Test("batches are put together and written once a second")
    func pace() {
        let writer = StateWriter(medium: medium)
        _ = writer.load(at: stamp(0))
        writer.add(batch(saved("a", sequence: 1)))
        #expect(step(writer, 0) == 60)
        #expect(medium.written.count == 1)
        writer.add(batch(saved("a", sequence: 2)))
        #expect(step(writer, 0.2) == 1)
        writer.add(batch(saved("a", sequence: 3), saved("b")))
        #expect(step(writer, 0.9) == 1)
        #expect(medium.written.count == 1)
        #expect(step(writer, 1) == 60)
        #expect(medium.written.count == 2)
        #expect(medium.written.last?.targets.count == 2)
        #expect(medium.written.last?.targets[target("a")]?.sequence == 3)
    }

    @Test(
        "what the disk does not take is kept, tried again ever less often, and written in the end",
        arguments: [StateError.Code.full, .readOnly, .inputOutput, .inUse]
    )
    func failure(code: StateError.Code) {
        let writer = StateWriter(medium: medium)
        _ = writer.load(at: stamp(0))
        medium.failure = StateError(code, "no")
        writer.add(batch(saved("a", sequence: 1)))
        #expect(step(writer, 0) == 5)
        #expect(writer.problem?.code == code)
        writer.add(batch(saved("b", sequence: 1)))
        #expect(step(writer, 4) == 5)
        #expect(step(writer, 5) == 15)
        #expect(step(writer, 15) == 35)
        for time in [35, 75, 155, 315, 615, 915] { _ = step(writer, Double(time)) }
        #expect(step(writer, 1_215) == 1_515, "five minutes at most")
        medium.failure = nil
        writer.add(batch(saved("a", sequence: 2)))
        #expect(step(writer, 1_515) == 1_575)
        #expect(writer.problem == nil)
        #expect(medium.written.last?.targets[target("a")]?.sequence == 2)
        #expect(medium.written.last?.targets[target("b")]?.sequence == 1)
    }

    @Test("every target is asked for when the database was opened anew, and only then")
    func wish() {
        let writer = StateWriter(medium: medium)
        _ = writer.load(at: stamp(0))
        #expect(!writer.takeWish())
        medium.failure = StateError(.inputOutput, "no")
        writer.add(batch(saved("a")))
        _ = step(writer, 0)
        #expect(!writer.takeWish())
        medium.failure = nil
        _ = step(writer, 5)
        #expect(writer.takeWish())
        #expect(!writer.takeWish())
    }

    @Test("a database that turns out damaged in use is put aside, and everything is asked for")
    func damagedInUse() {
        let writer = StateWriter(medium: medium)
        _ = writer.load(at: stamp(0))
        medium.failure = StateError(.corrupt, "malformed")
        writer.add(batch(saved("a")))
        _ = step(writer, 0)
        #expect(medium.setAsides == 1)
        #expect(writer.takeSetAside() == ["aside"])
        medium.failure = nil
        _ = step(writer, 5)
        #expect(writer.takeWish())
        #expect(medium.written.last?.targets.count == 1)
        #expect(writer.problem == nil)
    }

    @Test("the end writes what is left, whenever it was due")
    func end() {
        let writer = StateWriter(medium: medium)
        _ = writer.load(at: stamp(0))
        writer.add(batch(saved("a")))
        _ = step(writer, 0)
        writer.add(batch(saved("b")))
        #expect(writer.finish(at: stamp(0.1)))
        #expect(medium.written.last?.targets.keys.first == target("b"))
        #expect(medium.lasts == [false, true])
    }

    @Test("the end says when something could not be written")
    func badEnd() {
        let writer = StateWriter(medium: medium)
        _ = writer.load(at: stamp(0))
        medium.failure = StateError(.full, "no")
        writer.add(batch(saved("b")))
        #expect(!writer.finish(at: stamp(0.1)))
    }

    @Test("while nothing can be written the oldest history and changes go, and the number of them is told")
    func bounded() {
        let writer = StateWriter(medium: medium)
        medium.failure = StateError(.readOnly, "no")
        _ = writer.load(at: stamp(0))
        for minute in 0..<30 as Range<Int64> {
            var next = StateBatch()
            next.minutes[minute] = (0..<10_000).map { .init(target("t\($0)"), rollup(1)) }
            next.changes = (0..<400).map {
                SavedChange(
                    at: stamp(0).wall,
                    target: nil,
                    oldStatus: "",
                    newStatus: "",
                    reason: "\(Int(minute) * 400 + $0)"
                )
            }
            writer.add(next)
            _ = step(writer, Double(minute))
        }
        #expect(writer.dropped == 5 * 10_000 + 2_000)
        medium.failure = nil
        #expect(writer.finish(at: stamp(2_000)))
        #expect(medium.written.last?.minutes.keys.min() == 5)
        #expect(medium.written.last?.changes.first?.reason == "2000")
    }
}

/// A place in memory that fails as it is told to.
final class ScriptedMedium: StateMedium {
    private struct State {
        var failure: StateError?
        var written: [StateBatch] = []
        var lasts: [Bool] = []
        var setAsides = 0
    }

    private let state = Mutex(State())

    /// What every use fails with; nil = it works.
    var failure: StateError? {
        get { state.withLock { $0.failure } }
        set { state.withLock { $0.failure = newValue } }
    }

    var written: [StateBatch] { state.withLock { $0.written } }
    var lasts: [Bool] { state.withLock { $0.lasts } }
    var setAsides: Int { state.withLock { $0.setAsides } }

    func open(at now: SaveStamp) throws(StateError) -> any StateDatabase {
        // A damaged file that was put aside is replaced.
        if let failure, failure.code != .corrupt { throw failure }
        return Database(medium: self)
    }

    func setAside(at now: SaveStamp) throws(StateError) -> String {
        state.withLock { $0.setAsides += 1 }
        return "aside"
    }

    private final class Database: StateDatabase {
        private let medium: ScriptedMedium

        init(medium: ScriptedMedium) {
            self.medium = medium
        }

        private func use() throws(StateError) {
            if let failure = medium.failure { throw failure }
        }

        func load(at now: SaveStamp) throws(StateError) -> SavedState {
            try use()
            return SavedState()
        }

        func write(_ batch: StateBatch, at now: SaveStamp, isLast: Bool) throws(StateError) {
            try use()
            medium.state.withLock { state in
                state.written.append(batch)
                state.lasts.append(isLast)
            }
        }

        func tidy(at now: SaveStamp) throws(StateError) { try use() }

        func history(
            of target: TargetName,
            by step: HistoryStep,
            since: WallTime,
            limit: Int
        ) throws(StateError) -> [HistorySpan] { [] }

        func changes(limit: Int) throws(StateError) -> [SavedChange] { [] }

        func prove() throws(StateError) { try use() }
    }
}
