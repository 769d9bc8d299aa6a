// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import Testing

@testable import Agent

/// Random changes of a folder against a model of it: after each change the targets are what the model says, and what did not change
/// in the files has not changed in the agent.
@Suite("ReloadCycle against a model")
struct ReloadModelTests {
    /// What one file says.
    private enum Content: Hashable {
        /// Targets, each with the port that tells its definitions apart.
        case probes([String: Int])
        case broken

        var text: String {
            switch self {
            case .broken: "probes: {x: {tcp"
            case .probes(let probes):
                "probes:\n" + probes.sorted { $0.key < $1.key }.map { "  \($0): {tcp: '127.0.0.1:\($1)'}\n" }.joined()
            }
        }
    }

    /// The folder, and what is in force.
    private struct Model {
        var files: [String: Content] = [:]
        var isFolderThere = true
        var accepted: [String: Int] = [:]
        var isValid = true

        /// What all files say together; nil when they cannot be taken.
        var wanted: [String: Int]? {
            guard isFolderThere else { return nil }
            var all: [String: Int] = [:]
            for content in files.values {
                guard case .probes(let probes) = content else { return nil }
                for (name, port) in probes {
                    guard all.updateValue(port, forKey: name) == nil else { return nil }
                }
            }
            return all
        }

        mutating func reload(isAsked: Bool) {
            guard let wanted, isAsked || !wanted.isEmpty || accepted.isEmpty else {
                isValid = false
                return
            }
            accepted = wanted
            isValid = true
        }
    }

    private struct Play {
        let folder = ConfigurationFolder()
        var model = Model()
        var random: SimulationRandom
        var steps: [String] = []

        mutating func content() -> Content {
            if Int.random(in: 0..<8, using: &random) == 0 { return .broken }
            var probes: [String: Int] = [:]
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                probes["t\(Int.random(in: 0..<12, using: &random))"] = Int.random(in: 1...3, using: &random)
            }
            return .probes(probes)
        }

        mutating func fileName() -> String { "f\(Int.random(in: 0..<6, using: &random)).yaml" }

        /// Writes one file in one of the ways in which people and programs do.
        mutating func write(_ name: String, _ content: Content) {
            guard model.isFolderThere else { return }
            let path = "probes.d/" + name
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                folder.replace(path, content.text)
            case 1:
                folder.write("half", to: "probes.d/." + name + ".swp")
                folder.rename(path, path + "~")
                folder.write(content.text, to: path)
                folder.remove(name: "probes.d/." + name + ".swp")
            case 2:
                let file = OpenFile(folder(path))
                let text = content.text
                file.write(String(text.prefix(text.count / 2)))
                file.write(String(text.dropFirst(text.count / 2)))
                file.close()
            default:
                folder.remove(name: path)
                folder.write(content.text, to: path)
            }
            model.files[name] = content
        }

        mutating func change() {
            let name = fileName()
            switch Int.random(in: 0..<12, using: &random) {
            case 0...5:
                let content = content()
                write(name, content)
                steps.append("write \(name) \(content)")
            case 6, 7:
                folder.remove(name: "probes.d/" + name)
                model.files[name] = nil
                steps.append("remove \(name)")
            case 8:
                let other = fileName()
                guard let content = model.files[name], other != name else { return }
                folder.rename("probes.d/" + name, "probes.d/" + other)
                model.files[name] = nil
                model.files[other] = content
                steps.append("rename \(name) \(other)")
            case 9:
                for (name, content) in model.files where content == .broken { write(name, .probes([:])) }
                steps.append("mend")
            case 10:
                folder.remove(name: "probes.d")
                model.files = [:]
                model.isFolderThere = false
                steps.append("remove the folder")
            default:
                folder.makeFolder("probes.d")
                model.isFolderThere = true
                steps.append("make the folder")
            }
        }
    }

    /// Some targets fail, so that breakers have something to lose.
    private static func answer(_ start: ProbeStart, _ now: MonotonicInstant) -> Answer {
        (start.spec.name.text.utf8.last ?? 0) % 2 == 0 ? .fail : .pass
    }

    @Test(
        "whatever is done to the files, the targets are those of the last configuration that was right",
        arguments: 0..<40 as Range<UInt64>
    )
    func anything(seed: UInt64) throws {
        var play = Play(random: SimulationRandom(seed: seed, stream: "reload"))
        play.write("f0.yaml", .probes(["t0": 1, "t1": 1]))
        play.model.reload(isAsked: true)
        let hasEvents = seed % 4 != 3
        let harness = try ReloadHarness(
            play.folder,
            events: hasEvents ? try SystemFileEvents() : nil,
            answer: Self.answer
        )
        for _ in 0..<60 {
            play.steps = []
            harness.wait(.seconds(Int.random(in: 0...20, using: &play.random)), every: .seconds(1))
            let before = harness.targets
            var histories: [TargetName: TargetHistory] = [:]
            for name in before.keys { histories[name] = try harness.history(of: name) }
            let old = play.model.accepted
            for _ in 0..<Int.random(in: 1...3, using: &play.random) { play.change() }
            let isAsked = Int.random(in: 0..<5, using: &play.random) == 0
            play.model.reload(isAsked: isAsked)
            if isAsked {
                harness.step(asked: [])
                try expectKept(harness, before, histories, old, play)
            } else {
                harness.step()
                #expect(harness.names == old.keys.sorted(), "nothing before it is quiet")
                harness.wait(hasEvents ? .milliseconds(600) : .seconds(6))
            }
            let new = play.model.accepted
            #expect(harness.names == new.keys.sorted(), "seed \(seed): \(play.steps)")
            #expect(harness.shown?.isValid ?? true == play.model.isValid, "seed \(seed): \(play.steps)")
            let subjects = harness.targets.values.map { "\($0.name.text) \($0.subject)" }.sorted()
            #expect(subjects == new.map { "\($0) 127.0.0.1:\($1)" }.sorted(), "seed \(seed): \(play.steps)")
        }
    }

    /// A target whose definition is the same shows the same to the last detail, although nothing ran in between.
    private func expectKept(
        _ harness: ReloadHarness,
        _ before: [TargetName: TargetHealth],
        _ histories: [TargetName: TargetHistory],
        _ old: [String: Int],
        _ play: Play
    ) throws {
        let after = harness.targets
        for (name, health) in before where old[name.text] == play.model.accepted[name.text] {
            #expect(after[name] == health, "\(play.steps)")
            #expect(try harness.history(of: name) == histories[name], "\(play.steps)")
        }
    }
}
