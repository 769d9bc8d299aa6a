// SPDX-License-Identifier: Apache-2.0

/// Which alerts are active, without a lock: the same trouble raises one alert, and its end resolves that one.
struct AlertLedger: Sendable {
    /// The most alerts that are active at the same time; beyond it new ones are delivered but cannot be resolved.
    static let capacity = 10_000

    private struct Key: Sendable, Hashable {
        var type: String
        var endpoint: String
    }

    private var active: [Key: Alert] = [:]
    private var random: SplitMix64

    init(random: SplitMix64) {
        self.random = random
    }

    /// The active alerts, the worst first, then the oldest.
    var alerts: [Alert] {
        active.values.sorted {
            ($1.severity, $0.timestamp ?? .zero, $0.id) < ($0.severity, $1.timestamp ?? .zero, $1.id)
        }
    }

    /// Raises an alert unless the same trouble has one already.
    mutating func raise(
        type: String,
        endpoint: String,
        severity: Alert.Severity,
        message: String,
        metadata: [String: String],
        at timestamp: Duration?
    ) -> Alert? {
        let key = Key(type: type, endpoint: endpoint)
        guard active[key] == nil else { return nil }
        let alert = Alert(
            id: hexadecimal(random.next()) + hexadecimal(random.next()),
            timestamp: timestamp,
            severity: severity,
            type: type,
            message: message,
            metadata: metadata,
            isResolved: false,
            resolvedAt: nil
        )
        if active.count < Self.capacity { active[key] = alert }
        return alert
    }

    /// Ends the trouble; nil when it had no alert.
    mutating func resolve(type: String, endpoint: String, at timestamp: Duration?) -> Alert? {
        guard var alert = active.removeValue(forKey: Key(type: type, endpoint: endpoint)) else { return nil }
        alert.isResolved = true
        alert.resolvedAt = timestamp
        return alert
    }

    private func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
