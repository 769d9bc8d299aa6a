// SPDX-License-Identifier: Apache-2.0

import Glibc
import Resilience
import ResilienceTestKit
import Testing

@testable import ResilienceFileStore

@Suite("Untrusted file of a file store", .timeLimit(.minutes(5)))
struct UntrustedFileTests {
    private let folder = TemporaryFolder()
    private let records = [
        CircuitBreakerRecord(name: "a", state: .open, remaining: .seconds(60), cause: "refused", savedAt: .seconds(1)),
        CircuitBreakerRecord(name: "b", state: .forcedOpen, operatorReason: "upgrade", operatorName: "alice"),
    ]

    /// Expects that the store refuses `bytes`, sets them aside unchanged, and goes on with a new file.
    private func expectSetAside(_ bytes: [UInt8], detail: String? = nil, _ comment: Comment? = nil) async throws {
        folder.put(bytes)
        let store = CircuitBreakerFileStore(path: folder.file, maximumBytes: 1_024)
        let error = await #expect(throws: CircuitBreakerFileError.self, comment) { try await store.load() }
        #expect(error?.code == .damaged, comment)
        if let detail { #expect(error?.detail == "\(detail); set aside as \(folder.file).damaged") }
        #expect(folder.bytes(of: "breakers.damaged") == bytes, comment)
        #expect(try await store.load() == [], comment)
        try await store.save(records[0])
        #expect(try await CircuitBreakerFileStore(path: folder.file).load() == [records[0]], comment)
    }

    @Test("a file cut at any length is set aside")
    func truncated() async throws {
        let bytes = CircuitBreakerRecordFile.encode(records)
        for length in 0..<bytes.count {
            try await expectSetAside(Array(bytes.prefix(length)), "cut at \(length)")
        }
    }

    @Test("a file with any single bit turned over is set aside")
    func flipped() async throws {
        let bytes = CircuitBreakerRecordFile.encode([records[0]])
        for position in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[position] ^= 1 << bit
                try await expectSetAside(damaged, "bit \(bit) of byte \(position)")
            }
        }
    }

    @Test("a file of a newer version is set aside, not overwritten")
    func newerVersion() async throws {
        var bytes = CircuitBreakerRecordFile.encode(records)
        bytes[4] = CircuitBreakerRecordFile.version + 1
        try await expectSetAside(bytes, detail: "damaged circuit breaker records: version 2 is not 1")
    }

    @Test("a file that is too long is set aside without being read as a whole")
    func oversize() async throws {
        let many = (0..<100).map { CircuitBreakerRecord(name: "breaker \($0)", state: .open) }
        try await expectSetAside(CircuitBreakerRecordFile.encode(many), detail: "longer than 1024 bytes")
    }

    @Test("a file of exactly the greatest length is read")
    func largest() async throws {
        let bytes = CircuitBreakerRecordFile.encode([CircuitBreakerRecord(name: "a", state: .open)])
        let padding = String(repeating: "x", count: 1_024 - bytes.count - 2)
        let record = CircuitBreakerRecord(name: "a", state: .open, cause: padding)
        folder.put(CircuitBreakerRecordFile.encode([record]))
        #expect(folder.bytes()?.count == 1_024)
        #expect(try await CircuitBreakerFileStore(path: folder.file, maximumBytes: 1_024).load() == [record])
    }

    @Test("a store that saves before it reads sets a damaged file aside, saves, and tells of it once")
    func saveFirst() async throws {
        folder.put([1, 2, 3])
        let store = CircuitBreakerFileStore(path: folder.file)
        let error = await #expect(throws: CircuitBreakerFileError.self) { try await store.save(records[0]) }
        #expect(error?.code == .damaged)
        #expect(folder.bytes(of: "breakers.damaged") == [1, 2, 3])
        try await store.save(records[1])
        #expect(try await CircuitBreakerFileStore(path: folder.file).load() == records)
    }

    @Test("a damaged file that cannot be set aside is neither overwritten nor forgotten")
    func cannotSetAside() async throws {
        folder.put([1, 2, 3])
        mkdir(folder.file + ".damaged", 0o700)
        let store = CircuitBreakerFileStore(path: folder.file)
        let first = await #expect(throws: CircuitBreakerFileError.self) { try await store.load() }
        #expect(first?.code == .notRegularFile)
        await #expect(throws: CircuitBreakerFileError.self) { try await store.save(records[0]) }
        #expect(folder.bytes() == [1, 2, 3])
        rmdir(folder.file + ".damaged")
        let second = await #expect(throws: CircuitBreakerFileError.self) { try await store.flush() }
        #expect(second?.code == .damaged)
        #expect(try await CircuitBreakerFileStore(path: folder.file).load() == [records[0]])
    }

    enum Kind: CaseIterable {
        case symbolicLink, danglingLink, directory, pipe, device
    }

    @Test("what is not a regular file is refused and left alone, without waiting for it", arguments: Kind.allCases)
    func wrongKind(kind: Kind) async throws {
        let target = CircuitBreakerRecordFile.encode(records)
        switch kind {
        case .symbolicLink:
            folder.put(target, as: "target")
            symlink("target", folder.file)
        case .danglingLink: symlink("nowhere", folder.file)
        case .directory: mkdir(folder.file, 0o700)
        case .pipe: mkfifo(folder.file, 0o600)
        case .device: symlink("/dev/zero", folder.file)
        }
        let names = folder.names
        let store = CircuitBreakerFileStore(path: folder.file)
        let error = await #expect(throws: CircuitBreakerFileError.self) { try await store.load() }
        #expect(error?.code == .notRegularFile)
        await #expect(throws: CircuitBreakerFileError.self) { try await store.save(records[0]) }
        #expect(folder.names == names)
        if kind == .symbolicLink { #expect(folder.bytes(of: "target") == target) }
        if kind == .directory { rmdir(folder.file) }
    }

    @Test("a device at the path is refused")
    func device() async throws {
        let store = CircuitBreakerFileStore(path: "/dev/null")
        let error = await #expect(throws: CircuitBreakerFileError.self) { try await store.load() }
        #expect(error?.description == "/dev/null: open: it is not a regular file")
    }

    @Test("a path with a zero byte is refused instead of cut")
    func zeroByte() async throws {
        let store = CircuitBreakerFileStore(path: folder.file + "\0.old")
        let error = await #expect(throws: CircuitBreakerFileError.self) { try await store.save(records[0]) }
        #expect(error?.code == .notRegularFile)
        #expect(folder.names == [])
    }
}
