// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import Testing

@testable import StateStore

/// Promise P2: kill -9 at any instruction leaves the state before or after.
///
/// `BELLWETHER_KILLS=1000 swift test --filter KillTests` kills as often as that.
@Suite("P2 state")
struct KillTests {
    static let targets = 20
    static let kills = getenv("BELLWETHER_KILLS").flatMap { Int(String(cString: $0)) } ?? 50

    @Test(
        "P2: a process that is killed while it writes loses nothing that it had written, and half of nothing is there"
    )
    func kills() throws {
        let directory = TemporaryDirectory()
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(seed: seed)
        var last: UInt64 = 0
        for round in 1...Self.kills {
            let process = try WriterProcess(["write", directory.path, "\(Self.targets)"])
            let written = process.killed(after: UInt32.random(in: 0..<60_000, using: &random))
            let comment: Comment = "seed \(seed), round \(round): \(written) written"
            let writer = StateWriter(medium: directory.medium())
            let state = try #require(writer.load(at: stamp(0)), comment)
            #expect(writer.takeSetAside() == [], comment)
            #expect(state.damaged == 0, comment)
            let sequences = Set(state.targets.values.map(\.saved.sequence))
            #expect(sequences.count <= 1, "\(comment): a transaction is there in part: \(sequences.sorted())")
            let found = sequences.max() ?? 0
            #expect(found >= max(last, written), comment)
            #expect(state.targets.count == (found == 0 ? 0 : Self.targets), comment)
            let newest = try #require(
                writer.ask(at: stamp(0)) { database throws(StateError) in try database.changes(limit: 1) }
            )
            #expect(newest.first.map(\.reason) == (found == 0 ? nil : "\(found)"), comment)
            last = found
            #expect(writer.finish(at: stamp(0)), comment)
        }
        #expect(last > 0, "seed \(seed): nothing was ever written")
    }
}

/// A started `StateWriterProcess`.
private struct WriterProcess {
    private let pid: pid_t
    private let output: CInt

    init(_ arguments: [String]) throws {
        // The program lies beside the test's own, which `swift test` has built with it.
        let own = try #require(realpath("/proc/self/exe", nil).map { String(cString: $0) })
        let beside = own.split(separator: "/").dropLast().joined(separator: "/")
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        let folder = bundle.map { $0.split(separator: "/").dropLast().joined(separator: "/") } ?? beside
        let candidates = [
            "/\(folder)/StateWriterProcess", "/\(beside)/StateWriterProcess", "\(folder)/StateWriterProcess",
        ]
        let program = try #require(candidates.first { access($0, X_OK) == 0 }, "no StateWriterProcess in \(candidates)")
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        posix_spawn_file_actions_addclose(&actions, ends[1])
        defer { posix_spawn_file_actions_destroy(&actions) }
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, program, &actions, nil, &words, environ)
        close(ends[1])
        try #require(status == 0, "not started: errno \(status)")
        self.pid = pid
        output = ends[0]
    }

    /// Waits for so many microseconds after the first number, or for the first number to stay away, and kills the process.
    ///
    /// - Returns: the last number that it has printed.
    func killed(after microseconds: UInt32) -> UInt64 {
        var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        _ = poll(&entry, 1, microseconds.isMultiple(of: 5) ? CInt(microseconds / 1_000) : 10_000)
        usleep(microseconds)
        kill(pid, SIGKILL)
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(output, &buffer, buffer.count), count > 0 { text += buffer.prefix(count) }
        close(output)
        var status: CInt = 0
        waitpid(pid, &status, 0)
        // The last line may be cut.
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast()
        return lines.last.flatMap { UInt64($0) } ?? 0
    }
}
