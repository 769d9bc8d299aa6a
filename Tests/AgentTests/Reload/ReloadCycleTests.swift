// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Synchronization
import Testing

@testable import Agent

/// On real files, with the events of the real kernel and a manual clock.
@Suite("ReloadCycle")
struct ReloadCycleTests {
    private let folder = ConfigurationFolder()

    /// A port for each name: probes that ask the same are warned of.
    private static func probe(_ names: String...) -> String {
        let probes = names.map { name in "\(name): {tcp: '127.0.0.1:\(name.utf8.reduce(1) { $0 + Int($1) })'}" }
        return "probes: {" + probes.joined(separator: ", ") + "}\n"
    }

    private func harness() throws -> ReloadHarness {
        folder.write(Self.probe("a"), to: "probes.d/a.yaml")
        return try ReloadHarness(folder, events: try SystemFileEvents())
    }

    @Test("a new file counts after half a second of quiet, and not before")
    func added() throws {
        let harness = try harness()
        #expect(harness.shown?.noticing == .events)
        folder.write(Self.probe("b"), to: "probes.d/b.yaml")
        harness.step()
        harness.wait(.milliseconds(450))
        #expect(harness.names == ["a"])
        harness.wait(.milliseconds(100))
        #expect(harness.names == ["a", "b"])
        #expect(harness.replacements == 1)
    }

    @Test("half a file is not read while it is being written, however slowly")
    func halfWritten() throws {
        let harness = try harness()
        // Whole at every moment, so that only the missing end of the writing tells.
        let file = OpenFile(folder("probes.d/a.yaml"))
        file.write("probes:\n  a: {tcp: '127.0.0.1:1'}\n")
        harness.wait(.seconds(2))
        file.write("  b: {tcp: '127.0.0.1:1'}\n")
        harness.wait(.seconds(2))
        #expect(harness.replacements == 0)
        file.close()
        harness.settle()
        #expect(harness.names == ["a", "b"])
        #expect(harness.replacements == 1)
    }

    @Test("a broken file changes nothing, is logged once and shown until it is mended")
    func broken() throws {
        let harness = try harness()
        folder.write("probes: {b: {tcp", to: "probes.d/b.yaml")
        harness.settle()
        #expect(harness.names == ["a"])
        #expect(harness.shown?.isValid == false)
        #expect(harness.shown?.refusal?.problems.count == 1)
        for _ in 0..<5 {
            folder.replace("probes.d/b.yaml", "probes: {b: {tcp")
            harness.settle()
        }
        #expect(harness.log.lines(with: "is refused").count == 1)
        folder.write(Self.probe("b"), to: "probes.d/b.yaml")
        harness.settle()
        #expect(harness.names == ["a", "b"])
        #expect(harness.shown?.isValid == true)
        #expect(harness.log.lines(with: "info: configuration read again").count == 1)
    }

    @Test("a folder that goes, comes back empty, and is filled again never means no probes")
    func removedFolder() throws {
        let harness = try harness()
        folder.remove(name: "probes.d")
        harness.settle()
        #expect(harness.names == ["a"])
        #expect(harness.shown?.isValid == false)
        folder.makeFolder("probes.d")
        harness.settle()
        #expect(harness.names == ["a"])
        #expect(harness.log.lines(with: "no file defines a probe any more").count == 1)
        folder.write(Self.probe("b"), to: "probes.d/b.yaml")
        harness.settle()
        #expect(harness.names == ["b"])
        #expect(harness.shown?.isValid == true)
    }

    @Test("an empty folder is taken when somebody says so")
    func emptiedOnPurpose() throws {
        let harness = try harness()
        folder.remove(name: "probes.d/a.yaml")
        harness.settle()
        #expect(harness.names == ["a"])
        harness.step(asked: [])
        #expect(harness.names == [])
        #expect(harness.shown?.isValid == true)
        folder.write(Self.probe("a"), to: "probes.d/a.yaml")
        harness.settle()
        #expect(harness.names == ["a"])
    }

    @Test("who asks is answered at once, with what is wrong or what changed")
    func asked() throws {
        let harness = try harness()
        let results = Mutex<[AdminResult]>([])
        func reply() -> AdminReply { AdminReply { result in results.withLock { $0.append(result) } } }
        folder.write(Self.probe("b"), to: "probes.d/b.yaml")
        harness.step(asked: [reply(), reply()])
        folder.write("probes: 7\n", to: "probes.d/b.yaml")
        harness.step(asked: [reply()])
        let answers = results.withLock { $0 }
        #expect(answers.count == 3)
        #expect(answers[0] == .reloaded(ReloadReport(added: [try #require(TargetName("b"))], unchanged: 1)))
        #expect(answers[1] == answers[0])
        guard case .refused(.configuration(let problems)) = answers[2] else {
            Issue.record("not refused: \(answers[2])")
            return
        }
        #expect(problems.count == 1)
        harness.wait(.seconds(2))
        #expect(harness.replacements == 1, "what was read for somebody is not read again")
    }

    @Test("a volume of Kubernetes is taken over as a whole when its link is swapped")
    func configMap() throws {
        for version in ["1", "2"] {
            folder.makeFolder("probes.d/..\(version)")
            folder.write(Self.probe("a\(version)"), to: "probes.d/..\(version)/a.yaml")
        }
        folder.link("probes.d/..data", to: "..1")
        folder.link("probes.d/a.yaml", to: "..data/a.yaml")
        let harness = try ReloadHarness(folder, events: try SystemFileEvents())
        #expect(harness.names == ["a1"])
        folder.link("probes.d/..data_tmp", to: "..2")
        folder.rename("probes.d/..data_tmp", "probes.d/..data")
        folder.remove(name: "probes.d/..1")
        harness.settle()
        #expect(harness.names == ["a2"])
        folder.write(Self.probe("a3"), to: "probes.d/..2/a.yaml")
        harness.settle()
        #expect(harness.names == ["a3"], "where the link leads now is listened to")
    }

    @Test("the configuration file may be moved away and come back, and names another folder when it likes to")
    func mainFile() throws {
        let harness = try harness()
        folder.makeFolder("other")
        folder.write(Self.probe("o"), to: "other/o.yaml")
        folder.rename("bellwether.yaml", "bellwether.yaml~")
        harness.settle()
        #expect(harness.names == ["a"])
        #expect(harness.shown?.isValid == false)
        folder.write("agent: {probes: other}\n", to: "bellwether.yaml")
        harness.settle()
        #expect(harness.names == ["o"])
        folder.write(Self.probe("p"), to: "other/o.yaml")
        harness.settle()
        #expect(harness.names == ["p"], "the new folder is listened to")
    }

    @Test("the whole tree may be replaced by a rename")
    func renamedTree() throws {
        let harness = try harness()
        folder.makeFolder("next")
        folder.write(Self.probe("n"), to: "next/n.yaml")
        folder.rename("probes.d", "old")
        folder.rename("next", "probes.d")
        harness.settle()
        #expect(harness.names == ["n"])
        folder.write("probes: {}\n", to: "old/a.yaml")
        harness.settle()
        #expect(harness.replacements == 1, "the old one is not listened to any more")
    }

    @Test("leftovers of editors are not read")
    func leftovers() throws {
        let harness = try harness()
        for name in [".a.yaml.swp", "4913", "a.yaml~", ".#a.yaml", "a.yaml.tmp"] {
            folder.write("probes: {", to: "probes.d/" + name)
        }
        harness.wait(.seconds(1))
        #expect(harness.shown?.isValid == true)
        #expect(harness.log.lines(with: "configuration").isEmpty)
    }

    @Test("a file that probes read is read again for what can be said about it")
    func secret() throws {
        folder.write("token\n", to: "token")
        folder.write(
            "probes: {h: {http: {url: 'http://127.0.0.1:1/', auth: {bearer: {file: \(folder("token"))}}}}}\n",
            to: "probes.d/h.yaml"
        )
        let harness = try ReloadHarness(folder, events: try SystemFileEvents())
        folder.remove(name: "token")
        harness.settle()
        #expect(harness.log.lines(with: "cannot be read").count == 1)
        folder.write("other\n", to: "token")
        harness.settle()
        #expect(harness.log.lines(with: "no longer: ").count == 1)
        #expect(harness.replacements == 0)
    }

    @Test("without events the files are looked at every five seconds, and that is said")
    func looks() throws {
        folder.write(Self.probe("a"), to: "probes.d/a.yaml")
        let harness = try ReloadHarness(folder, events: nil)
        guard case .looks(.seconds(5), let reason) = harness.shown?.noticing else {
            Issue.record("\(String(describing: harness.shown))")
            return
        }
        #expect(reason.contains("too many instances"))
        #expect(harness.log.lines(with: "does not tell of them all").count == 1)
        folder.write(Self.probe("b"), to: "probes.d/b.yaml")
        harness.wait(.seconds(4))
        #expect(harness.names == ["a"])
        harness.wait(.seconds(2))
        #expect(harness.names == ["a", "b"])
        folder.remove(name: "probes.d/b.yaml")
        harness.wait(.seconds(6))
        #expect(harness.names == ["a"])
        folder.remove(name: "probes.d")
        harness.wait(.seconds(6))
        #expect(harness.names == ["a"])
        #expect(harness.shown?.isValid == false)
    }

    @Test("a directory that may not be listened to is looked at, until it may")
    func refusedWatch() throws {
        folder.write(Self.probe("a"), to: "probes.d/a.yaml")
        let events = FullEvents(folder("probes.d"))
        let harness = try ReloadHarness(folder, events: events)
        guard case .looks(_, let reason) = harness.shown?.noticing else {
            Issue.record("\(String(describing: harness.shown))")
            return
        }
        #expect(reason == "\(folder("probes.d")): No space left on device")
        folder.write(Self.probe("b"), to: "probes.d/b.yaml")
        harness.wait(.seconds(6))
        #expect(harness.names == ["a", "b"])
        events.isFull.withLock { $0 = false }
        harness.wait(.seconds(6))
        #expect(harness.shown?.noticing == .events)
    }

    @Test("an event that was never sent is made up for within a minute")
    func silent() throws {
        folder.write(Self.probe("a"), to: "probes.d/a.yaml")
        let events = FullEvents(nil)
        let harness = try ReloadHarness(folder, events: events)
        #expect(harness.shown?.noticing == .events)
        folder.write(Self.probe("b"), to: "probes.d/b.yaml")
        harness.wait(.seconds(62), every: .seconds(1))
        #expect(harness.names == ["a", "b"])
    }

    @Test("more events than the kernel keeps are a change")
    func overflow() throws {
        let harness = try harness()
        for index in 0..<20_000 { folder.write("", to: "probes.d/\(index % 2).yaml") }
        folder.remove(name: "probes.d/0.yaml")
        folder.remove(name: "probes.d/1.yaml")
        folder.write(Self.probe("b"), to: "probes.d/b.yaml")
        harness.wait(.seconds(1))
        #expect(harness.names == ["a", "b"])
        #expect(harness.replacements == 1)
    }

    @Test("ten changes in a second are read a few times, and end with the last")
    func storm() throws {
        let harness = try harness()
        for index in 0..<10 {
            folder.replace("probes.d/a.yaml", Self.probe("a\(index)"))
            harness.wait(.milliseconds(100))
        }
        harness.wait(.seconds(1))
        #expect(harness.names == ["a9"])
        #expect(harness.replacements <= 3)
    }

    @Test("what changed between the first reading and the first listening is noticed")
    func beforeTheStart() throws {
        folder.write(Self.probe("a"), to: "probes.d/a.yaml")
        let location = ConfigurationLocation(configurationFile: folder("bellwether.yaml"))
        let start = SystemKernel.calendarTime
        guard case .accepted(let accepted) = ConfigurationReader(files: SystemFiles()).read(location) else {
            Issue.record("not accepted")
            return
        }
        folder.write(Self.probe("b"), to: "probes.d/a.yaml")
        let now = MonotonicInstant(nanoseconds: 1_000_000_000)
        let log = LogBook()
        let cycle = ReloadCycle(
            ConfigurationReload(accepted, facts: OwnFacts(kernel: try SystemKernel()), logger: log.logger) { _ in
                true
            },
            accepted: accepted,
            readAt: start,
            files: SystemFiles(),
            events: .success(try SystemFileEvents()),
            logger: log.logger,
            environment: { _ in nil },
            at: now
        )
        cycle.step(at: now.advanced(by: .seconds(1)))
        #expect(log.lines(with: "configuration read again").count == 1)
    }
}

/// A kernel with no room for a watch, or one that tells nothing.
private final class FullEvents: FileEvents {
    let isFull = Mutex(true)
    private let refused: String?

    init(_ refused: String?) {
        self.refused = refused
    }

    func watch(_ directories: [String: NameSelection]) -> [String: SystemError] {
        guard let refused, isFull.withLock({ $0 }) else { return [:] }
        return [refused: SystemError(code: 28, text: "No space left on device")]
    }

    func take() -> [FileEvent] { [] }
}
