// SPDX-License-Identifier: Apache-2.0

/// A bulkhead of its own for every user, tenant or other key, so that one of them cannot crowd the others out.
///
/// The number of keys is bounded: a new key takes the place of one that has nothing running or waiting. Where every key is
/// busy, a new one is rejected as full.
public final class PerKeyBulkhead<Key: Hashable & Sendable>: Sendable {
    /// The name that an observer is told, for all keys: what is measured must not grow with the number of users.
    public let name: String
    /// The configuration of every key's bulkhead.
    public let configuration: BulkheadConfiguration
    private let time: TimeSource
    private let observer: (any ResilienceObserver)?
    private let registry: Locked<BoundedRegistry<Key, Bulkhead>>

    /// Makes bulkheads as keys turn up.
    ///
    /// - Parameters:
    ///   - configuration: for every key; must be valid.
    ///   - capacity: the most keys kept, at least 1; default 10,000.
    ///   - name: the name that an observer is told, for all keys; default `bulkhead`.
    ///   - time: the monotonic time; default `ContinuousClock`.
    ///   - observer: told of every wait, admission, rejection and return; default none.
    public init(
        _ configuration: BulkheadConfiguration = .init(),
        capacity: Int = 10_000,
        name: String = "bulkhead",
        time: TimeSource = TimeSource(),
        observer: (any ResilienceObserver)? = nil
    ) {
        let problems = configuration.problems
        precondition(problems.isEmpty, "bulkhead: \(InvalidConfiguration(problems: problems))")
        precondition(capacity >= 1, "a capacity of \(capacity) keys is not at least 1")
        self.name = name
        self.configuration = configuration
        self.time = time
        self.observer = observer
        registry = Locked(BoundedRegistry(capacity: capacity))
    }

    /// How many keys are kept.
    public var count: Int {
        registry.withLock { $0.count }
    }

    /// What the bulkhead of `key` is doing and has done since the key was last forgotten; nil when it is not kept.
    public func statistics(of key: Key) -> BulkheadStatistics? {
        registry.withLock { $0.entry(key)?.statistics }
    }

    /// The statistics of every key that is kept.
    public var allStatistics: [Key: BulkheadStatistics] {
        // Under the lock: a bulkhead that somebody else refers to is taken for a busy one.
        registry.withLock { registry in
            Dictionary(uniqueKeysWithValues: zip(registry.keys, registry.entries.map(\.statistics)))
        }
    }

    /// Takes a place for `key` if one is free; never waits.
    ///
    /// - Parameter key: whose place.
    /// - Returns: the permit.
    /// - Throws: ``BulkheadRejection/full``.
    public func tryAcquire(_ key: Key) throws(BulkheadRejection) -> Bulkhead.Permit {
        guard let bulkhead = bulkhead(of: key) else { throw full() }
        return try bulkhead.tryAcquire()
    }

    /// Takes a place for `key`, waiting for one in order of arrival.
    ///
    /// - Parameter key: whose place.
    /// - Returns: the permit.
    /// - Throws: ``BulkheadRejection``.
    nonisolated(nonsending) public func acquire(_ key: Key) async throws(BulkheadRejection) -> Bulkhead.Permit {
        guard let bulkhead = bulkhead(of: key) else { throw full() }
        return try await bulkhead.acquire()
    }

    /// Runs `operation` in a place of `key`.
    ///
    /// - Parameters:
    ///   - key: whose place.
    ///   - operation: what to run.
    /// - Returns: what `operation` returns.
    /// - Throws: ``BulkheadError``.
    nonisolated(nonsending) public func run<Value, Failure: Error>(
        _ key: Key,
        _ operation: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(BulkheadError<Failure>) -> Value {
        guard let bulkhead = bulkhead(of: key) else { throw .rejected(full()) }
        return try await bulkhead.run(operation)
    }

    /// Forgets `key`; permits that are out stay valid and are given back to the bulkhead they came from.
    ///
    /// - Parameter key: the key.
    /// - Returns: whether it was kept.
    @discardableResult
    public func remove(_ key: Key) -> Bool {
        registry.withLock { $0.remove(key) } != nil
    }

    /// There is no place for another key.
    private func full() -> BulkheadRejection {
        observer?.bulkhead(name, didReject: .full)
        return .full
    }

    /// The bulkhead of `key`; nil when there is no place for another key.
    ///
    /// Permits and waiting calls refer to their bulkhead, so one without another reference has nothing running or waiting.
    private func bulkhead(of key: Key) -> Bulkhead? {
        if let bulkhead = registry.withLock({ $0.use(key) }) { return bulkhead }
        let fresh = Bulkhead(configuration, name: name, time: time, observer: observer)
        return registry.withLock { registry in
            if let bulkhead = registry.use(key) { return bulkhead }
            return registry.insert(fresh, for: key) { isKnownUniquelyReferenced(&$0) } ? fresh : nil
        }
    }
}
