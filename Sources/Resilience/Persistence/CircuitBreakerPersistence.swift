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
/// closed, or that its manager has forgotten, has no record.
public final class CircuitBreakerPersistence<Store: CircuitBreakerStore>: Sendable {
    private let manager: CircuitBreakerManager
    private let store: Store
    private let wallClock: WallClock?
    private let events: CircuitBreakerEvents
    private let changed = Locked<Set<String>>([])
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

    /// Saves what has changed since this link was made, until the task is cancelled; what changed before that is saved still.
    ///
    /// Call it once.
    ///
    /// It never delays a breaker. What changes while the store is busy is saved together afterwards, each breaker once and as it is
    /// then, so a slow store falls behind by one update at most.
    nonisolated(nonsending) public func run() async {
        let (wakeUps, wakeUp) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup { group in
            group.addTask {
                for await element in self.events {
                    self.noteChange(element)
                    wakeUp.yield()
                }
                wakeUp.finish()
            }
            for await _ in wakeUps { await saveChanges() }
            await group.waitForAll()
            await saveChanges()
        }
    }

    /// After a gap in the events every breaker may have changed.
    private func noteChange(_ element: CircuitBreakerEvents.Element) {
        let names = element.missed > 0 ? manager.names : []
        changed.withLock { $0.formUnion(names + CollectionOfOne(element.event.name)) }
    }

    private nonisolated(nonsending) func saveChanges() async {
        let names = changed.withLock { changed in
            defer { changed = [] }
            return changed.sorted()
        }
        guard !names.isEmpty else { return }
        var records: [CircuitBreakerRecord] = []
        var gone: [String] = []
        for name in names {
            if let snapshot = manager.existingBreaker(for: name)?.snapshot, snapshot.state != .closed {
                records.append(snapshot.record(wallTime: wallClock?.now()))
            } else {
                gone.append(name)
            }
        }
        do {
            try await store.update(saving: records, removing: gone)
        } catch {
            note(error)
        }
    }

    private func note(_ error: any Error) {
        failures.add(1, ordering: .relaxed)
        lastError.withLock { $0 = FailureCause(error) }
    }
}
