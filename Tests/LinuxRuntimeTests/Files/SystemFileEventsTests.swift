// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Testing

@Suite("SystemFileEvents")
struct SystemFileEventsTests {
    private let folder: TemporaryFolder
    private let events: SystemFileEvents

    init() throws {
        folder = try TemporaryFolder()
        events = try SystemFileEvents()
    }

    private static let yaml = NameSelection(suffixes: [".yaml"])

    /// The names in what was heard, each with whether it is still being written to.
    private func heard() -> [String] {
        events.take().map { event in
            switch event {
            case .writing(let entry): "\(entry.name) is written"
            case .changed(let entry): entry.name
            case .lost: "lost"
            }
        }
    }

    @Test("a file that is written is told of while it is open and when it is closed")
    func writing() throws {
        #expect(events.watch([folder.path: Self.yaml]).isEmpty)
        let descriptor = open(folder("a.yaml"), O_WRONLY | O_CREAT, 0o644)
        #expect(heard() == ["a.yaml"])
        _ = write(descriptor, "x", 1)
        #expect(heard() == ["a.yaml is written"])
        close(descriptor)
        #expect(heard() == ["a.yaml"])
        #expect(heard() == [])
    }

    @Test("renames, removals and changed permissions are told of, other names are not")
    func selection() throws {
        try folder.write("a.yaml", [])
        #expect(events.watch([folder.path: Self.yaml]).isEmpty)
        try folder.write("b.tmp", [])
        #expect(heard() == [])
        rename(folder("b.tmp"), folder("b.yaml"))
        chmod(folder("a.yaml"), 0o600)
        unlink(folder("a.yaml"))
        #expect(Set(heard()) == ["b.yaml", "a.yaml"])
    }

    @Test("a directory that goes is told of, and one that comes in its place can be listened to")
    func gone() throws {
        let path = folder("d")
        mkdir(path, 0o755)
        #expect(events.watch([path: Self.yaml]).isEmpty)
        rmdir(path)
        #expect(heard().contains("lost"))
        #expect(events.watch([path: Self.yaml])[path]?.code == ENOENT)
        mkdir(path, 0o755)
        #expect(events.watch([path: Self.yaml]).isEmpty)
        try folder.write("d/a.yaml", [])
        #expect(Set(heard()) == ["a.yaml"])
    }

    @Test("what is not listened to any more is not heard of")
    func replaced() throws {
        try folder.write("d/a.yaml", [])
        try folder.write("e/a.yaml", [])
        #expect(events.watch([folder("d"): Self.yaml]).isEmpty)
        try folder.write("d/b.yaml", [])
        #expect(events.watch([folder("e"): Self.yaml]).isEmpty)
        #expect(heard().filter { $0 != "lost" } == [])
        try folder.write("d/c.yaml", [])
        #expect(heard() == [])
    }

    @Test("two paths to one directory are heard of for the names of both")
    func samePlace() throws {
        try folder.write("d/a.yaml", [])
        symlink("d", folder("link"))
        let names = NameSelection(names: ["..data"])
        #expect(events.watch([folder("d"): Self.yaml, folder("link"): names]).isEmpty)
        symlink("x", folder("d/..data"))
        #expect(heard() == ["..data"])
    }

    @Test("a path that is no directory is refused")
    func notDirectory() throws {
        try folder.write("a.yaml", [])
        #expect(events.watch([folder("a.yaml"): Self.yaml])[folder("a.yaml")]?.code == ENOTDIR)
    }

    @Test("the longest names come whole", arguments: [1, 15, 16, 250])
    func longNames(length: Int) throws {
        let name = String(repeating: "n", count: length) + ".yaml"
        #expect(events.watch([folder.path: Self.yaml]).isEmpty)
        let path = try folder.write(name, [])
        for mode in 0..<40 { chmod(path, mode_t(0o600 + mode % 2)) }
        var all: Set<String> = []
        while case let some = heard(), !some.isEmpty { all.formUnion(some) }
        #expect(all == [name])
    }

    @Test("a wait ends with an event, or with a signal")
    func wait() throws {
        let signal = try ThreadSignal()
        #expect(events.watch([folder.path: Self.yaml]).isEmpty)
        try folder.write("a.yaml", [])
        events.wait(orFor: signal, atMost: .seconds(600))
        #expect(Set(heard()) == ["a.yaml"])
        signal.raise()
        signal.raise()
        events.wait(orFor: signal, atMost: .seconds(600))
        signal.raise()
        signal.wait(atMost: .seconds(600))
        signal.wait(atMost: .milliseconds(1))
    }
}
