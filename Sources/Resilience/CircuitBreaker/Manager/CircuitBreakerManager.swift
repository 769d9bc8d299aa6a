// SPDX-License-Identifier: Apache-2.0

/// One breaker per name, made when it is first asked for.
///
/// ```swift
/// let manager = CircuitBreakerManager(configuration: .init(failureThreshold: 3))
/// try manager.replaceConfiguration(for: "search", with: .init(failureThreshold: 10))
/// let hits = try await manager.breaker(for: "search").run { try await search(query) }
/// ```
///
/// All breakers share one time source and one order of events. The number of breakers is bounded: a new name takes the place of
/// a closed breaker that nobody holds and that was not asked for lately. An open breaker, or one whose permit is out, is never
/// evicted. Where nothing can be evicted, ``breaker(for:)`` answers with a breaker that the manager does not keep, so a flood of
/// names costs no memory; ``unmanagedCount`` says how often.
///
/// Names come from the program or its configuration. A name made of user input gives every user a breaker and none a history.
public final class CircuitBreakerManager: Sendable {
    /// The most breakers kept.
    public let capacity: Int
    /// The time that all breakers share.
    public let time: TimeSource

    private let hub: CircuitBreakerEventHub
    private let seed: UInt64
    private let haveManyCallers: Bool
    private let observer: (any ResilienceObserver)?
    private let registry: Locked<CircuitBreakerRegistry>

    /// Makes a manager without breakers.
    ///
    /// - Parameters:
    ///   - configuration: for every name without a configuration of its own; must be valid.
    ///   - capacity: the most breakers kept, at least 1; default 10,000.
    ///   - time: the monotonic time that all breakers share; default `ContinuousClock`.
    ///   - wallClock: the time of day for events; default none.
    ///   - randomSeed: the seed of all jitter; nil takes one from the system.
    ///   - observer: told of every call and every transition of every breaker, and of breakers forgotten; default none.
    ///   - onTransition: called after every transition of every breaker, in order, outside every lock. It may call the manager.
    public convenience init(
        configuration: CircuitBreakerConfiguration = .init(),
        capacity: Int = 10_000,
        time: TimeSource = TimeSource(),
        wallClock: WallClock? = nil,
        randomSeed: UInt64? = nil,
        observer: (any ResilienceObserver)? = nil,
        onTransition: (@Sendable (CircuitBreakerEvent) -> Void)? = nil
    ) {
        self.init(
            haveManyCallers: true,
            configuration: configuration,
            capacity: capacity,
            time: time,
            wallClock: wallClock,
            randomSeed: randomSeed,
            observer: observer,
            onTransition: onTransition
        )
    }

    /// The same, where it is known whether many threads call a breaker at one time; where one does, as in the agent, it takes 640 bytes less.
    package init(
        haveManyCallers: Bool,
        configuration: CircuitBreakerConfiguration = .init(),
        capacity: Int,
        time: TimeSource,
        wallClock: WallClock? = nil,
        randomSeed: UInt64? = nil,
        observer: (any ResilienceObserver)? = nil,
        onTransition: (@Sendable (CircuitBreakerEvent) -> Void)? = nil
    ) {
        self.haveManyCallers = haveManyCallers
        let problems = configuration.problems
        precondition(problems.isEmpty, "circuit breaker manager: \(InvalidConfiguration(problems: problems))")
        precondition(capacity >= 1, "a capacity of \(capacity) breakers is not at least 1")
        self.capacity = capacity
        self.time = time
        hub = CircuitBreakerEventHub(
            time: time,
            wallClock: wallClock,
            observer: observer,
            onTransition: onTransition
        )
        self.observer = observer
        seed = randomSeed ?? .random(in: .min ... .max)
        registry = Locked(CircuitBreakerRegistry(configuration: configuration, capacity: capacity))
    }

    /// Makes a manager whose breakers read `clock`.
    ///
    /// - Parameters:
    ///   - configuration: for every name without a configuration of its own; must be valid.
    ///   - clock: the monotonic clock.
    ///   - onTransition: called after every transition of every breaker, in order, outside every lock.
    public convenience init(
        configuration: CircuitBreakerConfiguration = .init(),
        clock: some Clock<Duration>,
        onTransition: (@Sendable (CircuitBreakerEvent) -> Void)? = nil
    ) {
        self.init(configuration: configuration, time: TimeSource(clock), onTransition: onTransition)
    }

    /// The breaker of `name`, made now if there is none.
    ///
    /// Amortised O(1).
    public func breaker(for name: String) -> CircuitBreaker {
        if let breaker = registry.withLock({ $0.use(name) }) { return breaker }
        while true {
            let (settings, revision) = registry.withLock { ($0.settings(of: name), $0.revision) }
            let fresh = makeBreaker(name, settings)
            guard let kept = registry.withLock({ $0.insert(fresh, revision: revision) }) else { continue }
            if let evicted = kept.evicted { observer?.circuitBreakerWasForgotten(evicted) }
            return kept.breaker
        }
    }

    /// The breaker of `name`, if there is one.
    ///
    /// - Parameter name: the name.
    /// - Returns: the breaker; asking does not count as use.
    public func existingBreaker(for name: String) -> CircuitBreaker? {
        registry.withLock { $0.breaker(name) }
    }

    /// The names of all breakers, sorted.
    public var names: [String] {
        registry.withLock { $0.names }.sorted()
    }

    /// How often ``breaker(for:)`` made a breaker that it could not keep, because the manager was full of breakers in use.
    public var unmanagedCount: UInt64 {
        registry.withLock { $0.unmanagedCount }
    }

    /// Everything about all breakers now, sorted by name.
    public func snapshots() -> [CircuitBreakerSnapshot] {
        registry.withLock { $0.all }
            .map(\.snapshot)
            .sorted { $0.name < $1.name }
    }

    /// Gives `name` a configuration of its own, now and for breakers of that name made later.
    ///
    /// An existing breaker keeps its state and its outcomes as ``CircuitBreaker/replaceConfiguration(_:)`` says.
    ///
    /// - Parameters:
    ///   - name: the name, whether it has a breaker or not.
    ///   - configuration: the new configuration.
    /// - Throws: ``InvalidConfiguration`` with every problem; the old configuration stays in force.
    public func replaceConfiguration(
        for name: String,
        with configuration: CircuitBreakerConfiguration
    ) throws(InvalidConfiguration) {
        try replaceSettings(for: name, with: CircuitBreakerSettings(configuration))
    }

    /// ``replaceConfiguration(for:with:)`` with a configuration that several names may share.
    package func replaceSettings(
        for name: String,
        with settings: CircuitBreakerSettings
    ) throws(InvalidConfiguration) {
        try settings.configuration.validate()
        let breaker = registry.withLock { registry in
            registry.configure(name, settings)
            return registry.breaker(name)
        }
        breaker?.replace(settings)
    }

    /// Forgets the breaker of `name` and its configuration.
    ///
    /// Whoever holds the breaker can go on using it; its permits settle as ever, and its events are still delivered.
    ///
    /// - Parameter name: the name.
    /// - Returns: the breaker, if there was one.
    @discardableResult
    public func remove(_ name: String) -> CircuitBreaker? {
        let removed = registry.withLock { $0.remove(name) }
        if removed != nil { observer?.circuitBreakerWasForgotten(name) }
        return removed
    }

    /// The transitions of all breakers from now on.
    ///
    /// - Parameter limit: how many events wait for a slow reader before the oldest are lost, at least 1; default 256.
    /// - Returns: a stream for one reader.
    public func events(bufferingNewest limit: Int = 256) -> CircuitBreakerEvents {
        hub.events(bufferingNewest: limit)
    }

    private func makeBreaker(_ name: String, _ settings: CircuitBreakerSettings) -> CircuitBreaker {
        CircuitBreaker(
            name: name,
            settings: settings,
            initialState: .closed,
            time: time,
            random: SplitMix64(seed: seed ^ name.stableHash),
            hub: hub,
            observer: observer,
            hasManyCallers: haveManyCallers
        )
    }
}

extension String {
    /// FNV-1a of the UTF-8 bytes: the same in every process, unlike `hashValue`.
    fileprivate var stableHash: UInt64 {
        utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
