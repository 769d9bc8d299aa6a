// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LinuxRuntime

@Suite("ProcessDirectory")
struct ProcessDirectoryTests {
    private static func stat(_ number: Int, parent: Int, session: Int = 5, state: String = "S") -> String {
        "\(number) (x y) \(state) \(parent) 1 \(session) 0 -1 0 0 0 0 0 1 2 0 0 20 0 1 0 \(number)00 0 0\n"
    }

    @Test("children are those of all threads of a process")
    func children() throws {
        let folder = try TemporaryFolder()
        try folder.write("7/task/7/children", "10 11 ".utf8)
        try folder.write("7/task/8/children", "".utf8)
        try folder.write("7/task/9/children", "12 ".utf8)
        let directory = ProcessDirectory(root: folder.path)
        #expect(directory.children(of: ProcessID(7)) == [10, 11, 12].map { ProcessID($0) })
    }

    @Test("where the kernel keeps no list of children, every process is asked for its parent")
    func childrenByParent() throws {
        let folder = try TemporaryFolder()
        try folder.write("7/task/7/stat", "".utf8)
        try folder.write("7/stat", Self.stat(7, parent: 1).utf8)
        try folder.write("10/stat", Self.stat(10, parent: 7).utf8)
        try folder.write("11/stat", Self.stat(11, parent: 10).utf8)
        try folder.write("12/stat", Self.stat(12, parent: 7).utf8)
        try folder.write("self/stat", Self.stat(13, parent: 7).utf8)
        let directory = ProcessDirectory(root: folder.path)
        #expect(directory.children(of: ProcessID(7)) == [10, 12].map { ProcessID($0) })
    }

    @Test("a process that is not there has no children and no facts")
    func missing() throws {
        let directory = ProcessDirectory(root: try TemporaryFolder().path)
        #expect(directory.children(of: ProcessID(7)).isEmpty)
        #expect(directory.facts(of: ProcessID(7)) == nil)
    }

    @Test("facts come from stat, status and environ")
    func facts() throws {
        let folder = try TemporaryFolder()
        try folder.write("10/stat", Self.stat(10, parent: 7, session: 9).utf8)
        try folder.write("10/status", "Name:\tx\nNoNewPrivs:\t1\nSeccomp:\t0\n".utf8)
        try folder.write("10/environ", "A=BELLWETHER_RUN=no\0BELLWETHER_RUN=abc\0BELLWETHER_RUN=second\0".utf8)
        let facts = ProcessDirectory(root: folder.path).facts(of: ProcessID(10))
        #expect(
            facts
                == ProcessFacts(
                    identity: ProcessIdentity(id: ProcessID(10), startTime: 1_000),
                    parent: 7,
                    session: 9,
                    isZombie: false,
                    hasNoNewPrivileges: true,
                    marker: RunMarker(text: "abc")
                )
        )
    }

    @Test("a process whose environment cannot be read has no marker, and without the flag it may gain privileges")
    func partialFacts() throws {
        let folder = try TemporaryFolder()
        try folder.write("10/stat", Self.stat(10, parent: 7, state: "Z").utf8)
        try folder.write("10/status", "NoNewPrivs:\t0\n".utf8)
        let facts = try #require(ProcessDirectory(root: folder.path).facts(of: ProcessID(10)))
        #expect(facts.isZombie)
        #expect(facts.marker == nil)
        #expect(!facts.hasNoNewPrivileges)
    }
}
