// SPDX-License-Identifier: Apache-2.0

/// Keeps the records of breakers across restarts.
///
/// A store is never on the path of a call: records are saved by ``CircuitBreakerPersistence`` from a task of its own. A damaged or
/// unreadable record means a closed breaker, never a failure to start.
public protocol CircuitBreakerStore: Sendable {
    /// Saves a record in place of the one with the same name.
    func save(_ record: CircuitBreakerRecord) async throws

    /// All records that can be read.
    func load() async throws -> [CircuitBreakerRecord]

    /// Forgets the record of `name`.
    func remove(_ name: String) async throws

    /// Saves and forgets several records.
    ///
    /// Default: one after the other, all of them, throwing the first error. A store that can should do it in one step.
    func update(saving records: [CircuitBreakerRecord], removing names: [String]) async throws
}

extension CircuitBreakerStore {
    /// Saves and forgets several records, one after the other.
    ///
    /// - Parameters:
    ///   - records: what to save.
    ///   - names: the names of the records to forget.
    /// - Throws: the first error; the others are tried all the same.
    nonisolated(nonsending) public func update(
        saving records: [CircuitBreakerRecord],
        removing names: [String]
    ) async throws {
        var firstError: (any Error)?
        for record in records {
            do { try await save(record) } catch { firstError = firstError ?? error }
        }
        for name in names {
            do { try await remove(name) } catch { firstError = firstError ?? error }
        }
        if let firstError { throw firstError }
    }
}

/// Keeps records in memory: for tests, and to carry them from one manager to the next within a process.
public final class MemoryCircuitBreakerStore: CircuitBreakerStore {
    private let records: Locked<[String: CircuitBreakerRecord]>

    /// Makes a store.
    ///
    /// - Parameter records: what it holds at first.
    public init(_ records: [CircuitBreakerRecord] = []) {
        self.records = Locked(Dictionary(records.map { ($0.name, $0) }, uniquingKeysWith: { $1 }))
    }

    /// Saves a record in place of the one with the same name.
    public func save(_ record: CircuitBreakerRecord) {
        records.withLock { $0[record.name] = record }
    }

    /// All records, sorted by name.
    public func load() -> [CircuitBreakerRecord] {
        records.withLock { $0.values.sorted { $0.name < $1.name } }
    }

    /// Forgets the record of `name`.
    public func remove(_ name: String) {
        _ = records.withLock { $0.removeValue(forKey: name) }
    }
}
