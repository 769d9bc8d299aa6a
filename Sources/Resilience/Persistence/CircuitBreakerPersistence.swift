// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Saves the breakers of a manager when they change their state, and puts them back after a restart.
///
/// ```swift
/// let persistence = CircuitBreakerPersistence(manager: breakers, store: store, wallClock: wallClock)
/// await persistence.restore()
/// try await withThrowingTaskGroup { group in
///     group.addTask { await persistence.run() }      // saves until it is cancelled
///     …
/// }
/// ```
///
/// A store that fails costs nothing but the record: failures are counted, and the next transition saves again. A breaker that has
/// closed has no record.
public final class CircuitBreakerPersistence<Store: CircuitBreakerStore>: Sendable {
    private let manager: CircuitBreakerManager
    private let store: Store
    private let wallClock: WallClock?
    private let events: CircuitBreakerEvents
    private let failures = Atomic<Int>(0)
    private let lastError = Locked<FailureCause?>(nil)

    /// Makes a link between a manager and a store.
    ///
    /// - Parameters:
    ///   - manager: whose breakers are saved.
    ///   - store: where.
    ///   - wallClock: the time of day, which tells after a restart how much of a wait has passed; default none, which takes no
    ///     time as passed.
    public init(manager: CircuitBreakerManager, store: Store, wallClock: WallClock? = nil) {
        self.manager = manager
        self.store = store
        self.wallClock = wallClock
        events = manager.events()
    }

    /// How often the store has failed.
    public var failureCount: Int { failures.load(ordering: .relaxed) }

    /// The last failure of the store.
    public var lastFailure: FailureCause? { lastError.withLock { $0 } }

    /// Puts all saved states back; a store that fails means closed breakers.
    ///
    /// - Returns: the names of the breakers that were restored, sorted.
    @discardableResult
    nonisolated(nonsending) public func restore() async -> [String] {
        do {
            return try await store.load()
                .filter { manager.breaker(for: $0.name).restore($0, wallTime: wallClock?.now()) }
                .map(\.name)
                .sorted()
        } catch {
            note(error)
            return []
        }
    }

    /// Saves every transition since this link was made, until the task is cancelled.
    ///
    /// Call it once.
    ///
    /// After a gap in the events, because the store was slow, it saves all breakers once.
    nonisolated(nonsending) public func run() async {
        for await element in events {
            if element.missed > 0 {
                for snapshot in manager.snapshots() { await save(snapshot) }
            } else if let breaker = manager.existingBreaker(for: element.event.name) {
                await save(breaker.snapshot)
            }
        }
    }

    private nonisolated(nonsending) func save(_ snapshot: CircuitBreakerSnapshot) async {
        do {
            if snapshot.state == .closed {
                try await store.remove(snapshot.name)
            } else {
                try await store.save(snapshot.record(wallTime: wallClock?.now()))
            }
        } catch {
            note(error)
        }
    }

    private func note(_ error: any Error) {
        failures.add(1, ordering: .relaxed)
        lastError.withLock { $0 = FailureCause(error) }
    }
}
