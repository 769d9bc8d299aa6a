// SPDX-License-Identifier: Apache-2.0

import Glibc
import Resilience
import ResilienceTestKit
import Testing

@testable import ResilienceFileStore

@Suite("File store", .timeLimit(.minutes(1)))
struct CircuitBreakerFileStoreTests {
    private let folder = TemporaryFolder()
    private let a = CircuitBreakerRecord(name: "a", state: .open, remaining: .seconds(60), cause: "refused")
    private let b = CircuitBreakerRecord(name: "b", state: .forcedOpen, operatorReason: "upgrade")

    private func makeStore() -> CircuitBreakerFileStore {
        CircuitBreakerFileStore(path: folder.file)
    }

    @Test("what was saved is read by the next store, sorted; what was removed is not")
    func roundTrip() async throws {
        let store = makeStore()
        for record in [b, a, CircuitBreakerRecord(name: "c", state: .open)] { try await store.save(record) }
        try await store.remove("c")
        #expect(try await store.load() == [a, b])
        #expect(try await makeStore().load() == [a, b])
    }

    @Test("no file means no records, and nothing is written before there is something to write")
    func missing() async throws {
        let store = makeStore()
        #expect(try await store.load() == [])
        try await store.remove("a")
        try await store.flush()
        #expect(folder.names == [])
    }

    @Test("saving before reading keeps what the file holds")
    func saveFirst() async throws {
        try await makeStore().save(a)
        try await makeStore().save(b)
        #expect(try await makeStore().load() == [a, b])
    }

    @Test("the file can be read by its owner alone, and nothing else is left in the folder")
    func mode() async throws {
        try await makeStore().save(a)
        var status = stat()
        #expect(stat(folder.file, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o600)
        #expect(folder.names == ["breakers"])
    }

    @Test("a record that is saved again unchanged is not written again")
    func unchanged() async throws {
        let files = FaultyFiles()
        let store = CircuitBreakerFileStore(path: folder.file, files: files)
        try await store.save(a)
        let calls = files.calls
        try await store.save(a)
        #expect(files.calls == calls)
    }

    @Test("several changes are one write")
    func update() async throws {
        let files = FaultyFiles()
        let store = CircuitBreakerFileStore(path: folder.file, files: files)
        try await store.update(saving: [a, b], removing: ["a"])
        #expect(files.calls.filter { $0 == "rename" }.count == 1)
        #expect(try await makeStore().load() == [b])
    }

    @Test("saves at the same time share writes and none is lost")
    func concurrentSaves() async throws {
        let store = makeStore()
        try await withThrowingTaskGroup { group in
            for number in 0..<100 {
                group.addTask { try await store.save(CircuitBreakerRecord(name: "b\(number)", state: .open)) }
            }
            try await group.waitForAll()
        }
        #expect(try await makeStore().load().count == 100)
    }

    @Test("two stores on one path never tear the file: the last complete write wins")
    func twoStores() async throws {
        let stores = [makeStore(), makeStore()]
        try await withThrowingTaskGroup { group in
            for (number, store) in stores.enumerated() {
                group.addTask {
                    for round in 0..<40 {
                        try await store.save(CircuitBreakerRecord(name: "s\(number)", state: .open, openings: round))
                    }
                }
            }
            group.addTask { [self] in
                for _ in 0..<40 { _ = try await makeStore().load() }
            }
            try await group.waitForAll()
        }
        let names = try await makeStore().load().map(\.name)
        #expect(!names.isEmpty && Set(names).isSubset(of: ["s0", "s1"]))
        #expect(folder.names == ["breakers"])
    }

    @Test(
        "what a crash has left of a temporary file is removed, by reading and by writing",
        arguments: [0, 3, 7],
        [true, false]
    )
    func leftover(number: Int, isRead: Bool) async throws {
        folder.put([1, 2, 3], as: "breakers.\(number).tmp")
        let store = makeStore()
        if isRead { _ = try await store.load() } else { try await store.save(a) }
        #expect(folder.names == (isRead ? [] : ["breakers"]))
    }

    @Test("the temporary file of a live writer is left alone; when all names are taken the error says so")
    func liveWriters() async throws {
        let files = SystemFiles()
        var descriptors: [Int32] = []
        for number in 0..<TemporaryFile.count {
            descriptors.append(try files.open("\(folder.file).\(number).tmp", .creating))
            #expect(try files.lock(descriptors[number]) == .locked)
        }
        let store = makeStore()
        let error = await #expect(throws: CircuitBreakerFileError.self) { try await store.save(a) }
        #expect(error?.code == .busy)
        #expect(error?.description == "\(folder.file): create a temporary file: in use by others")
        #expect(folder.names.count == TemporaryFile.count)
        files.close(descriptors[5])
        try await store.flush()
        #expect(try await makeStore().load() == [a])
        #expect(folder.names == ["breakers"] + [0, 1, 2, 3, 4, 6, 7].map { "breakers.\($0).tmp" })
        for (number, descriptor) in descriptors.enumerated() where number != 5 { files.close(descriptor) }
    }

    @Test("more records than the file may hold are refused, and saved once there are fewer")
    func tooLarge() async throws {
        let store = CircuitBreakerFileStore(path: folder.file, maximumBytes: 1_024)
        try await store.save(a)
        let long = CircuitBreakerRecord(name: "long", state: .open, cause: String(repeating: "x", count: 2_000))
        let error = await #expect(throws: CircuitBreakerFileError.self) { try await store.save(long) }
        #expect(error?.code == .tooLarge)
        #expect(try await makeStore().load() == [a])
        await #expect(throws: CircuitBreakerFileError.self) { try await store.save(b) }
        try await store.remove("long")
        #expect(try await makeStore().load() == [a, b])
    }
}
