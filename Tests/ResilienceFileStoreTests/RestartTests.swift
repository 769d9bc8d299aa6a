// SPDX-License-Identifier: Apache-2.0

import Glibc
import Resilience
import ResilienceTestKit
import Testing

@testable import ResilienceFileStore

@Suite("Restart with a file store", .timeLimit(.minutes(2)))
struct RestartTests {
    private let folder = TemporaryFolder()
    private let configuration = CircuitBreakerConfiguration(failureThreshold: 1, openDuration: .seconds(60))

    /// Opens a breaker of a first process at 1,000,000 s of wall time, and saves it.
    private func saveOpenBreaker() async throws {
        let manager = CircuitBreakerManager(configuration: configuration, clock: ManualClock())
        let store = CircuitBreakerFileStore(path: folder.file)
        let persistence = CircuitBreakerPersistence(
            manager: manager,
            store: store,
            wallClock: WallClock { .seconds(1_000_000) }
        )
        _ = try? manager.breaker(for: "db").run { throw ScriptedFailure("refused") }
        let running = Task { await persistence.run() }
        running.cancel()
        await running.value
        #expect(persistence.lastFailure == nil)
    }

    @Test(
        "a breaker with 20 s of 60 left is open for at most 20 s more; a clock that jumps shortens the wait or leaves it",
        arguments: [(40, 20), (0, 60), (59, 1), (60, 0), (1_000_000_000, 0), (-1_000_000, 60)]
    )
    func remaining(elapsed: Int, left: Int) async throws {
        try await saveOpenBreaker()
        let clock = ManualClock()
        let manager = CircuitBreakerManager(configuration: configuration, clock: clock)
        let persistence = CircuitBreakerPersistence(
            manager: manager,
            store: CircuitBreakerFileStore(path: folder.file),
            wallClock: WallClock { .seconds(1_000_000 + elapsed) }
        )
        #expect(await persistence.restore() == ["db"])
        let breaker = manager.breaker(for: "db")
        if left > 0 {
            #expect(breaker.snapshot.remainingOpenTime == .seconds(left))
            clock.advance(by: .seconds(left) - .nanoseconds(1))
            #expect(breaker.state == .open)
            clock.advance(by: .nanoseconds(1))
        }
        #expect(breaker.state == .halfOpen)
    }

    @Test("a damaged file means closed breakers and a failure that names the file, and saving goes on")
    func damaged() async throws {
        folder.put(Array("not records".utf8))
        let manager = CircuitBreakerManager(configuration: configuration, clock: ManualClock())
        let persistence = CircuitBreakerPersistence(
            manager: manager,
            store: CircuitBreakerFileStore(path: folder.file)
        )
        #expect(await persistence.restore() == [])
        #expect(manager.names == [])
        #expect(
            persistence.lastFailure?.description
                == "\(folder.file): damaged circuit breaker records: not a file of circuit breaker records; "
                + "set aside as \(folder.file).damaged"
        )
        try await saveOpenBreaker()
        #expect(try await CircuitBreakerFileStore(path: folder.file).load().map(\.name) == ["db"])
    }

    @Test("the clock of the system shows the time of day")
    func systemClock() {
        let before = time(nil)
        let now = WallClock.system.now().components.seconds
        #expect((Int64(before)...Int64(time(nil))).contains(now))
    }

    @Test("a process killed after any of its system calls leaves every complete record and loses at most the last")
    func kills() async throws {
        let path = Self.stormPath(of: getpid())
        defer { for name in ["", ".position", ".damaged"] { remove(path + name) } }
        var known = 0
        for position in 0..<30 {
            let stream = try #require(fopen(path + ".position", "w"))
            fputs("\(position)", stream)
            fclose(stream)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                await RestartTests.saveAndDie()
            }
            let records = try await CircuitBreakerFileStore(path: path).load()
            #expect(records.count == known || records.count == known + 1, "killed at call \(position)")
            known = records.count
        }
        #expect(known > 1)
        for number in 0..<TemporaryFile.count { #expect(access("\(path).\(number).tmp", F_OK) != 0) }
    }

    /// What the child does: saves records until its file system kills it.
    private static func saveAndDie() async {
        let path = stormPath(of: getppid())
        guard let stream = fopen(path + ".position", "r") else { return }
        var digits: [UInt8] = []
        while case let byte = getc(stream), byte != EOF { digits.append(UInt8(truncatingIfNeeded: byte)) }
        fclose(stream)
        guard let position = Int(String(decoding: digits, as: UTF8.self)) else { return }
        let store = CircuitBreakerFileStore(path: path, files: FaultyFiles(position, .isKilled))
        try? await store.save(CircuitBreakerRecord(name: "killed at \(position)", state: .open))
        // A save takes fewer than 30 calls at first: the process is killed between two saves then.
        kill(getpid(), SIGKILL)
    }

    private static func stormPath(of process: pid_t) -> String {
        "/tmp/resilience-file-store-storm-\(process)"
    }
}
