// SPDX-License-Identifier: Apache-2.0

/// The breakers of a manager and the configurations by name.
struct CircuitBreakerRegistry: Sendable {
    private(set) var unmanagedCount: UInt64 = 0
    /// Grows with every configuration, so that a breaker made from an older one is noticed.
    private(set) var revision: UInt64 = 0
    private let defaultSettings: CircuitBreakerSettings
    private var settings: [String: CircuitBreakerSettings] = [:]
    private var breakers: BoundedRegistry<String, CircuitBreaker>

    init(configuration: CircuitBreakerConfiguration, capacity: Int) {
        defaultSettings = CircuitBreakerSettings(configuration)
        breakers = BoundedRegistry(capacity: capacity)
    }

    var names: [String] { breakers.keys }

    var all: [CircuitBreaker] { breakers.entries }

    func settings(of name: String) -> CircuitBreakerSettings {
        settings[name] ?? defaultSettings
    }

    mutating func configure(_ name: String, _ next: CircuitBreakerSettings) {
        settings[name] = next
        revision += 1
    }

    func breaker(_ name: String) -> CircuitBreaker? {
        breakers.entry(name)
    }

    mutating func use(_ name: String) -> CircuitBreaker? {
        breakers.use(name)
    }

    /// Keeps `fresh`, unless its name has got a breaker meanwhile or no place can be made; answers with the one to use.
    ///
    /// A breaker can be forgotten when it is closed and nobody else refers to it. A permit refers to its breaker, and every new
    /// reference is handed out under the lock that guards this registry: so a uniquely referenced breaker has no permit out
    /// and cannot get one.
    ///
    /// - Parameters:
    ///   - fresh: a breaker that nobody has used yet.
    ///   - revision: the revision of the configuration that it was made from.
    /// - Returns: the breaker to use and the name of the one that made room for it; nil when `fresh` was made from an outdated
    ///   configuration.
    mutating func insert(
        _ fresh: CircuitBreaker,
        revision: UInt64
    ) -> (breaker: CircuitBreaker, evicted: String?)? {
        if let existing = use(fresh.name) { return (existing, nil) }
        guard revision == self.revision else { return nil }
        var evicted: String?
        let isKept = breakers.insert(
            fresh,
            for: fresh.name,
            canForget: { isKnownUniquelyReferenced(&$0) && $0.isIdle },
            didForget: { evicted = $0 }
        )
        if !isKept { unmanagedCount += 1 }
        return (fresh, evicted)
    }

    mutating func remove(_ name: String) -> CircuitBreaker? {
        if settings.removeValue(forKey: name) != nil { revision += 1 }
        return breakers.remove(name)
    }
}
