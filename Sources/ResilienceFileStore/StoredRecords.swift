// SPDX-License-Identifier: Apache-2.0

import Resilience

/// What a store holds in memory: the records, and the changes that wait for the thread.
struct StoredRecords: Sendable {
    /// Whether the file has been read.
    private(set) var isRead = false
    /// Whether the file holds these records.
    var isSaved = true
    private var damage: CircuitBreakerFileError?
    private var records: [String: CircuitBreakerRecord] = [:]
    private var changes: [String: CircuitBreakerRecord?] = [:]

    /// The records, sorted by name, so that the same records make the same file.
    var sorted: [CircuitBreakerRecord] {
        records.values.sorted { $0.name < $1.name }
    }

    /// Takes over what the file holds; of records with the same name, the last.
    mutating func begin(with saved: [CircuitBreakerRecord], damage: CircuitBreakerFileError? = nil) {
        isRead = true
        self.damage = damage
        records = Dictionary(saved.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }

    /// What was wrong with the file, for the first who asks.
    mutating func takeDamage() -> CircuitBreakerFileError? {
        damage.take()
    }

    /// Notes a change; nil forgets the record.
    mutating func change(_ name: String, to record: CircuitBreakerRecord?) {
        changes[name] = .some(record)
    }

    /// Makes the noted changes.
    mutating func applyChanges() {
        for (name, record) in changes where records[name] != record {
            records[name] = record
            isSaved = false
        }
        changes = [:]
    }
}
