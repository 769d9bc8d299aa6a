// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import Testing

@testable import StateStore

/// Random writes, ends, and machines that lose what was not finished, against a model that is a dictionary.
@Suite("State model")
struct StateModelTests {
    private struct Model {
        var targets: [TargetName: SavedTarget] = [:]
        var roster: Set<TargetName>?
        var runs: [TargetName: UInt32] = [:]

        mutating func apply(_ batch: StateBatch) {
            if let next = batch.roster { roster = next }
            for (name, saved) in batch.targets {
                targets[name] = saved
                roster?.insert(name)
            }
            for rollups in batch.minutes.values {
                for entry in rollups { runs[entry.name, default: 0] += entry.rollup.runs }
            }
        }

        var restorable: [TargetName: SavedTarget] { targets.filter { roster?.contains($0.key) ?? true } }
    }

    @Test(
        "whatever is written and whenever it ends, what is restored is what the model holds",
        arguments: 1...16 as ClosedRange<UInt64>
    )
    func model(seed: UInt64) throws {
        let directory = TemporaryDirectory()
        var random = SplitMix(seed: seed)
        var model = Model()
        var time = 0.0
        var writer = StateWriter(medium: directory.medium())
        _ = writer.load(at: stamp(time))
        // What the writer was given and has not yet had to write.
        var waiting = StateBatch()
        for _ in 0..<120 {
            time += Double.random(in: 0...2, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let next = Self.batch(at: time, &random)
                writer.add(next)
                waiting.merge(next)
            case 5..<8:
                // Steps as late as this always write.
                time += 1.5
                _ = writer.step(at: stamp(time))
                model.apply(waiting)
                waiting = StateBatch()
            case 8:
                #expect(writer.finish(at: stamp(time)))
                model.apply(waiting)
                waiting = StateBatch()
                fallthrough
            default:
                // The process is gone: what it had not written is lost, all else is there.
                waiting = StateBatch()
                writer = StateWriter(medium: directory.medium())
                let state = try #require(writer.load(at: stamp(time)), "seed \(seed): \(writer.problem?.message ?? "")")
                #expect(state.targets.mapValues(\.saved) == model.restorable, "seed \(seed)")
                #expect(state.damaged == 0)
                // Every run proves itself, so that many short ones are no crash loop.
                writer.add(StateBatch())
                _ = writer.ask(at: stamp(time)) { database throws(StateError) in try database.prove() }
                for (name, runs) in model.runs {
                    let spans = writer.ask(at: stamp(time)) { database throws(StateError) in
                        try database.history(of: name, by: .minute, since: stamp(0).wall, limit: 10_000)
                    }
                    #expect(spans?.reduce(0) { $0 + $1.rollup.runs } == runs, "seed \(seed), \(name)")
                }
            }
        }
    }

    private static func batch(at time: Double, _ random: inout SplitMix) -> StateBatch {
        var batch = StateBatch()
        let known = (0..<12).map { target("t\($0)") }
        for name in known where Int.random(in: 0..<4, using: &random) == 0 {
            let standing = SavedTarget.Standing.allCases.randomElement(using: &random) ?? .starting
            batch.targets[name] = saved(name.text, sequence: UInt64(time * 1_000), standing: standing, age: .zero)
            batch.minutes[30_000_000 + Int64(time) / 60, default: []].append(
                .init(name, rollup(Int.random(in: 1..<500, using: &random)))
            )
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
            batch.roster = Set(known.shuffled(using: &random).prefix(9)).union(batch.targets.keys)
        }
        return batch
    }
}
