// SPDX-License-Identifier: Apache-2.0

import Glibc
import Resilience
import ResilienceTestKit
import Testing

@testable import ResilienceFileStore

@Suite("Failing disk under a file store", .timeLimit(.minutes(1)))
struct FailingDiskTests {
    private let folder = TemporaryFolder()
    private let before = [CircuitBreakerRecord(name: "a", state: .open, remaining: .seconds(60), cause: "refused")]
    private let after = [
        CircuitBreakerRecord(name: "a", state: .open, remaining: .seconds(60), cause: "refused"),
        CircuitBreakerRecord(name: "b", state: .open, remaining: .seconds(30), cause: "timed out"),
    ]

    /// The system calls of reading the file and saving once.
    private func countCalls() async throws -> Int {
        let files = FaultyFiles()
        try await CircuitBreakerFileStore(path: folder.file, files: files).save(after[1])
        return files.calls.count
    }

    private func restoreFile() {
        folder.put(CircuitBreakerRecordFile.encode(before))
    }

    private func recordsOnDisk() async throws -> [CircuitBreakerRecord] {
        try await CircuitBreakerFileStore(path: folder.file).load()
    }

    @Test(
        "a process that dies at any system call leaves the file before or after, and nothing that stays",
        arguments: [false, true]
    )
    func death(isAfterTheCall: Bool) async throws {
        restoreFile()
        let count = try await countCalls()
        #expect(count > 20)
        var found: Set<Int> = []
        for position in 0..<count {
            restoreFile()
            let files = FaultyFiles(position, isAfterTheCall ? .diesAfterwards : .dies)
            try? await CircuitBreakerFileStore(path: folder.file, files: files).save(after[1])
            let records = try await recordsOnDisk()
            #expect(records == before || records == after, "dead at call \(position), \(files.calls.last ?? "")")
            #expect(folder.names == ["breakers"], "dead at call \(position)")
            found.insert(records.count)
        }
        #expect(found == [1, 2])
    }

    @Test(
        "an error of any system call is thrown or harmless; the file is whole, and the next save writes everything",
        arguments: [ENOSPC, EDQUOT, EIO, EACCES, EROFS, EMFILE]
    )
    func error(code: Int32) async throws {
        restoreFile()
        let count = try await countCalls()
        for position in 0..<count {
            restoreFile()
            let files = FaultyFiles(position, .fails(code: code))
            let store = CircuitBreakerFileStore(path: folder.file, files: files)
            let failure: CircuitBreakerFileError?
            do {
                try await store.save(after[1])
                failure = nil
            } catch {
                failure = error
            }
            let records = try await recordsOnDisk()
            if let failure {
                #expect(failure.systemCode == code, "call \(position)")
                #expect(records == before || records == after, "call \(position)")
            } else {
                #expect(records == after, "call \(position) of \(files.calls)")
            }
            try await store.flush()
            #expect(try await recordsOnDisk() == after, "call \(position)")
            #expect(folder.names == ["breakers"], "call \(position)")
        }
    }

    @Test("the bytes reach the disk before the name changes, and the name before the save returns")
    func order() async throws {
        let files = FaultyFiles()
        let store = CircuitBreakerFileStore(path: folder.file, files: files)
        _ = try await store.load()
        let reading = files.calls.count
        try await store.save(before[0])
        #expect(
            files.calls.dropFirst(reading) == [
                "open directory", "open creating", "lock", "status", "status", "write", "write", "flush", "rename",
                "flush",
            ]
        )
    }

    @Test(
        "each kind of failure has its code and says what was attempted",
        arguments: [
            (ENOSPC, CircuitBreakerFileError.Code.diskFull, "no space left on the disk"),
            (EDQUOT, .diskFull, "the quota is used up"), (EROFS, .denied, "the file system is read-only"),
            (EACCES, .denied, "permission denied"), (EIO, .system, "input/output error"),
            (9_999, .system, "errno 9999"),
        ]
    )
    func codes(code: Int32, expected: CircuitBreakerFileError.Code, meaning: String) async throws {
        let probe = FaultyFiles()
        try await CircuitBreakerFileStore(path: folder.file, files: probe).save(before[0])
        let write = try #require(probe.calls.firstIndex(of: "write"))
        remove(folder.file)
        let files = FaultyFiles(write, .fails(code: code))
        let store = CircuitBreakerFileStore(path: folder.file, files: files)
        let error = await #expect(throws: CircuitBreakerFileError.self) { try await store.save(before[0]) }
        #expect(error?.code == expected)
        #expect(error?.description == "\(folder.file): write: \(meaning)")
        #expect(folder.names == [])
    }

    @Test("a folder that does not exist is an error for every save and no error for reading")
    func noFolder() async throws {
        let store = CircuitBreakerFileStore(path: folder.path + "/none/breakers")
        #expect(try await store.load() == [])
        for _ in 0..<2 {
            let error = await #expect(throws: CircuitBreakerFileError.self) { try await store.save(before[0]) }
            #expect(error?.code == .system)
            #expect(error?.detail == "open: no such file or directory")
        }
        mkdir(folder.path + "/none", 0o700)
        try await store.flush()
        #expect(try await CircuitBreakerFileStore(path: folder.path + "/none/breakers").load() == before)
        remove(folder.path + "/none/breakers")
        rmdir(folder.path + "/none")
    }

    @Test("a failure reaches whoever watches the persistence, and costs neither the old file nor the breaker's state")
    func reported() async throws {
        restoreFile()
        let clock = ManualClock()
        let manager = CircuitBreakerManager(configuration: .init(failureThreshold: 1), clock: clock)
        let probe = FaultyFiles()
        let read = CircuitBreakerFileStore(path: folder.file, files: probe)
        _ = try await read.load()
        // After reading: open the folder, create, lock and look twice at the temporary file; then comes the write.
        let files = FaultyFiles(probe.calls.count + 5, .fails(code: ENOSPC))
        let store = CircuitBreakerFileStore(path: folder.file, files: files)
        let persistence = CircuitBreakerPersistence(manager: manager, store: store)
        #expect(await persistence.restore() == ["a"])
        let running = Task { await persistence.run() }
        while persistence.failureCount == 0 { await Task.yield() }
        #expect(persistence.lastFailure?.description == "\(folder.file): write: no space left on the disk")
        running.cancel()
        await running.value
        #expect(try await recordsOnDisk() == before)
        #expect(manager.breaker(for: "a").state == .open)
    }

    @Test("a store that gets no thread says so, keeps the record, and saves it once there is one")
    func noThread() async {
        await #expect(processExitsWith: .success) {
            FailingDiskTests.becomeUnprivileged()
            let folder = TemporaryFolder()
            let store = CircuitBreakerFileStore(path: folder.file)
            FailingDiskTests.allowThreads(false)
            var failure: CircuitBreakerFileError?
            do throws(CircuitBreakerFileError) {
                try await store.save(CircuitBreakerRecord(name: "a", state: .open))
            } catch {
                failure = error
            }
            FailingDiskTests.allowThreads(true)
            let expected = "start a thread: the system has no resources for it now"
            precondition(failure?.detail == expected, "\(failure as Any)")
            try await store.flush()
            let records = try await CircuitBreakerFileStore(path: folder.file).load()
            precondition(records.map(\.name) == ["a"], "\(records)")
        }
    }

    @Test("permissions that forbid reading or writing are errors, and nothing is touched")
    func permissions() async {
        await #expect(processExitsWith: .success) {
            FailingDiskTests.becomeUnprivileged()
            let folder = TemporaryFolder()
            let record = CircuitBreakerRecord(name: "a", state: .open)
            try await CircuitBreakerFileStore(path: folder.file).save(record)
            let bytes = folder.bytes()
            for (mode, folderMode) in [(0o000, 0o700), (0o600, 0o500)] as [(mode_t, mode_t)] {
                chmod(folder.file, mode)
                chmod(folder.path, folderMode)
                let store = CircuitBreakerFileStore(path: folder.file)
                var failure: CircuitBreakerFileError?
                do throws(CircuitBreakerFileError) {
                    try await store.remove("a")
                } catch {
                    failure = error
                }
                precondition(failure?.code == .denied, "\(failure as Any)")
                chmod(folder.path, 0o700)
                chmod(folder.file, 0o600)
                precondition(folder.names == ["breakers"] && folder.bytes() == bytes, "\(folder.names)")
            }
        }
    }

    /// Gives up the rights of root, whom no permission and no limit binds; only in a process that ends soon.
    private static func becomeUnprivileged() {
        if getuid() == 0 { precondition(setuid(65_534) == 0, "errno \(errno)") }
    }

    private static func allowThreads(_ isAllowed: Bool) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(__RLIMIT_NPROC.rawValue), &limit)
        limit.rlim_cur = isAllowed ? limit.rlim_max : 0
        precondition(setrlimit(__rlimit_resource_t(__RLIMIT_NPROC.rawValue), &limit) == 0, "errno \(errno)")
    }
}
