// SPDX-License-Identifier: Apache-2.0

/// The breakers of a manager, in slots that a hand goes round: the second-chance ("clock") approximation of least recently used.
struct CircuitBreakerRegistry: Sendable {
    /// How many slots one insertion looks at before it gives up.
    static let sweepLimit = 64

    private(set) var unmanagedCount: UInt64 = 0
    /// Grows with every configuration, so that a breaker made from an older one is noticed.
    private(set) var revision: UInt64 = 0
    private let defaultConfiguration: CircuitBreakerConfiguration
    private let capacity: Int
    private var configurations: [String: CircuitBreakerConfiguration] = [:]
    private var positions: [String: Int] = [:]
    private var slots: [Slot] = []
    private var hand = 0

    private struct Slot: Sendable {
        var breaker: CircuitBreaker
        var wasUsed: Bool
    }

    init(configuration: CircuitBreakerConfiguration, capacity: Int) {
        defaultConfiguration = configuration
        self.capacity = capacity
    }

    var names: [String] { Array(positions.keys) }

    var all: [CircuitBreaker] { slots.map(\.breaker) }

    func configuration(of name: String) -> CircuitBreakerConfiguration {
        configurations[name] ?? defaultConfiguration
    }

    mutating func configure(_ name: String, _ configuration: CircuitBreakerConfiguration) {
        configurations[name] = configuration
        revision += 1
    }

    func breaker(_ name: String) -> CircuitBreaker? {
        positions[name].map { slots[$0].breaker }
    }

    mutating func use(_ name: String) -> CircuitBreaker? {
        guard let position = positions[name] else { return nil }
        slots[position].wasUsed = true
        return slots[position].breaker
    }

    /// Keeps `fresh`, unless its name has got a breaker meanwhile or no place can be made; answers with the one to use.
    ///
    /// - Parameters:
    ///   - fresh: a breaker that nobody has used yet.
    ///   - revision: the revision of the configuration that it was made from.
    /// - Returns: the breaker to use, or nil when `fresh` was made from an outdated configuration.
    mutating func insert(_ fresh: CircuitBreaker, revision: UInt64) -> CircuitBreaker? {
        if let existing = use(fresh.name) { return existing }
        guard revision == self.revision else { return nil }
        if slots.count < capacity {
            positions[fresh.name] = slots.count
            slots.append(Slot(breaker: fresh, wasUsed: true))
        } else if let position = evict() {
            positions[fresh.name] = position
            slots[position] = Slot(breaker: fresh, wasUsed: true)
        } else {
            unmanagedCount += 1
        }
        return fresh
    }

    mutating func remove(_ name: String) -> CircuitBreaker? {
        if configurations.removeValue(forKey: name) != nil { revision += 1 }
        guard let position = positions.removeValue(forKey: name) else { return nil }
        slots.swapAt(position, slots.count - 1)
        let removed = slots.removeLast().breaker
        if position < slots.count { positions[slots[position].breaker.name] = position }
        if hand >= slots.count { hand = 0 }
        return removed
    }

    /// Frees a slot of a closed breaker to which there is no other reference.
    ///
    /// A permit refers to its breaker, and every new reference is handed out under the lock that guards this registry: so a
    /// uniquely referenced breaker has no permit out and cannot get one.
    private mutating func evict() -> Int? {
        for _ in 0..<min(2 * slots.count, Self.sweepLimit) {
            let position = hand
            hand = hand + 1 == slots.count ? 0 : hand + 1
            if slots[position].wasUsed {
                slots[position].wasUsed = false
            } else if isKnownUniquelyReferenced(&slots[position].breaker), slots[position].breaker.isIdle {
                positions[slots[position].breaker.name] = nil
                return position
            }
        }
        return nil
    }
}
