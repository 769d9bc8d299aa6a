// SPDX-License-Identifier: Apache-2.0

import HealthModel
import StateStore
import Testing

@testable import Agent

@Suite("StateJournal")
struct StateJournalTests {
    /// All runs in a batch, by target.
    private func runs(_ batch: StateBatch?) -> [String: UInt32] {
        var runs: [String: UInt32] = [:]
        for entry in (batch?.minutes ?? [:]).values.joined() { runs[entry.name.text, default: 0] += entry.rollup.runs }
        return runs
    }

    @Test("targets that had one place within a minute keep their runs apart, and lose none of them")
    func sharedPlace() throws {
        var harness = PipelineHarness([try spec("a"), try spec("b")], keepsState: true)
        harness.run(for: .seconds(5))
        let (a, c) = (try #require(TargetName("a")), try #require(TargetName("c")))
        var places = [harness.pipeline.place(of: a)]
        harness.pipeline.replace(specs: [try spec("b"), try spec("c")], at: harness.moment)
        places.append(harness.pipeline.place(of: c))
        harness.run(for: .seconds(4))
        harness.pipeline.replace(specs: [try spec("b"), try spec("a")], at: harness.moment)
        places.append(harness.pipeline.place(of: a))
        #expect(Set(places).count == 1, "the test is about one place")
        harness.run(for: .seconds(4))
        let last = harness.pipeline.takeState(at: harness.moment, isLast: true)
        #expect(harness.running.isEmpty && Set(harness.starts.map(\.name)) == ["a", "b", "c"])
        #expect(runs(last) == Dictionary(harness.starts.map { ($0.name, 1) }, uniquingKeysWith: +))
    }

    @Test("runs count in the minute in which they ended, and a minute is handed out once it is over")
    func minutes() throws {
        var journal = StateJournal()
        let (first, second) = (try #require(TargetName("a")), try #require(TargetName("b")))
        let origin = PipelineHarness.origin
        func moment(_ seconds: Int64) -> Moment {
            let instant = origin.advanced(by: .seconds(seconds))
            return Moment(instant: instant, wall: WallTime(nanosecondsSinceEpoch: seconds * 1_000_000_000))
        }
        func note(_ place: Int, _ name: TargetName, at second: Int64) {
            let outcome = Answer.pass.outcome(startedAt: origin, endedAt: origin)
            journal.note(outcome, of: TargetID(place), name, at: moment(second).wall)
        }
        for time in [61, 70, 119] as [Int64] { note(0, first, at: time) }
        note(3, second, at: 119)
        #expect(journal.take(at: moment(119), isLast: false).minutes.isEmpty)
        // In the other order, so that what is remembered of the minute before is wrong for both.
        note(3, second, at: 121)
        note(0, first, at: 122)
        note(0, first, at: 123)
        let over = journal.take(at: moment(124), isLast: false).minutes
        #expect(over.mapValues { $0.map(\.name) } == [1: [first, second]])
        #expect(over[1]?.map(\.rollup.runs) == [3, 1])
        let last = journal.take(at: moment(125), isLast: true).minutes
        #expect(last.mapValues { $0.map(\.name) } == [2: [second, first]])
        #expect(last[2]?.map(\.rollup.runs) == [1, 2])
        #expect(journal.take(at: moment(200), isLast: true).minutes.isEmpty)
    }

    @Test("verdicts that change nothing are handed out every ten seconds, and with the last batch")
    func heard() throws {
        var harness = PipelineHarness([try spec("a", interval: .seconds(1))], keepsState: true)
        var seconds: [Int] = []
        for second in 0...25 {
            let batch = harness.pipeline.takeState(at: harness.moment)
            #expect(batch != nil, "one is due every second")
            if batch?.heard.isEmpty == false { seconds.append(second) }
            harness.run(for: .seconds(1))
        }
        #expect(seconds == [10, 20])
        let last = harness.pipeline.takeState(at: harness.moment, isLast: true)
        #expect(last?.heard.map(\.name.text) == ["a"])
        #expect(last?.heard.map(\.sequence) == [UInt64(harness.starts.count - harness.running.count)])
        let next = harness.pipeline.takeState(at: harness.moment)
        #expect(next == nil, "it is due in a second")
    }

    @Test("of many targets that change at once, few are collected in a turn, and all within seconds")
    func crowd() throws {
        let specs = try (0..<200).map { try spec("t\($0)", interval: .seconds(60)) }
        var harness = PipelineHarness(specs, keepsState: true)
        harness.run(for: .seconds(3))
        var (saved, batches): (Set<String>, [Int]) = ([], [])
        for _ in 0..<1_000 where saved.count < specs.count {
            harness.run(for: .milliseconds(10))
            guard let batch = harness.pipeline.takeState(at: harness.moment) else { continue }
            batches.append(batch.targets.count)
            saved.formUnion(batch.targets.keys.map(\.text))
        }
        #expect(saved.count == specs.count)
        // No fingerprint is known, so one in each of 25 turns before a batch is due, and sixteen when it is.
        #expect(batches.allSatisfy { $0 <= 26 + 16 } && (5...7).contains(batches.count), "\(batches)")
    }

    @Test("where no state is kept nothing is handed out, not even in the end")
    func nothing() throws {
        var harness = PipelineHarness([try spec("a", interval: .seconds(1))])
        harness.run(for: .seconds(3))
        let last = harness.pipeline.takeState(at: harness.moment, isLast: true)
        #expect(last == nil)
    }
}
