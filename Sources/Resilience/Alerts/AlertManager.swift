// SPDX-License-Identifier: Apache-2.0

/// Raises an alert when a breaker opens, resolves it when the breaker closes, and delivers both to every handler.
///
/// ```swift
/// let alerts = AlertManager(handlers: [pager, chat])
/// let breakers = CircuitBreakerManager(onTransition: alerts.observe)
/// try await withThrowingTaskGroup { group in
///     group.addTask { await alerts.run() }          // delivers until it is cancelled
///     …
/// }
/// ```
///
/// The same trouble has one alert, however often the breaker reopens before it closes. Every handler has a queue of its own: one
/// that is slow or fails delays neither the breakers nor the other handlers. A full queue loses its oldest alert, which is counted.
public final class AlertManager: Sendable {
    /// The type of the alerts for breakers.
    public static let circuitBreakerType = "circuit_breaker_open"

    private let handlers: [any AlertHandler]
    private let ledger: Locked<AlertLedger>
    private let queues: [AlertQueue]

    /// Makes a manager.
    ///
    /// - Parameters:
    ///   - handlers: who is told.
    ///   - queueSize: the alerts that wait for a slow handler, at least 1; default 256.
    ///   - seed: the seed of the ids; nil takes one from the system.
    public init(handlers: [any AlertHandler], queueSize: Int = 256, seed: UInt64? = nil) {
        precondition(queueSize >= 1, "a queue of \(queueSize) alerts is not at least 1")
        self.handlers = handlers
        ledger = Locked(AlertLedger(random: seed.map { SplitMix64(seed: $0) } ?? SplitMix64()))
        queues = handlers.map { _ in AlertQueue(size: queueSize) }
    }

    /// The active alerts, the worst first, then the oldest.
    public var activeAlerts: [Alert] {
        ledger.withLock { $0.alerts }
    }

    /// Deliveries that failed, for each handler.
    public var failedDeliveries: [Int] {
        queues.map(\.failed)
    }

    /// Alerts that were lost because a handler was too slow, for each handler.
    public var lostAlerts: [Int] {
        queues.map(\.lost)
    }

    /// Looks at a transition of a breaker; made to be given to `onTransition`.
    ///
    /// Never waits.
    ///
    /// - Parameter event: the transition.
    @Sendable
    public func observe(_ event: CircuitBreakerEvent) {
        switch event.to {
        case .open, .forcedOpen:
            var metadata = ["endpoint": event.name, "reason": event.reasonText]
            metadata["timestamp"] = event.wallTime.map { String($0.components.seconds) }
            raise(
                type: Self.circuitBreakerType,
                endpoint: event.name,
                severity: .critical,
                message: "circuit breaker \(event.name) is \(event.to.text): \(event.reasonText)",
                metadata: metadata,
                at: event.wallTime
            )
        case .closed, .disabled, .metricsOnly:
            resolve(type: Self.circuitBreakerType, endpoint: event.name, at: event.wallTime)
        case .halfOpen:
            break
        }
    }

    /// Raises an alert, unless one of this type is active for the endpoint.
    ///
    /// Never waits.
    ///
    /// - Parameters:
    ///   - type: the kind of alert.
    ///   - endpoint: what is in trouble.
    ///   - severity: how bad it is.
    ///   - message: what has happened, in one line.
    ///   - metadata: whatever else helps.
    ///   - timestamp: when, since 1970-01-01T00:00:00Z.
    public func raise(
        type: String,
        endpoint: String,
        severity: Alert.Severity,
        message: String,
        metadata: [String: String] = [:],
        at timestamp: Duration? = nil
    ) {
        ledger.withLock {
            let alert = $0.raise(
                type: type,
                endpoint: endpoint,
                severity: severity,
                message: message,
                metadata: metadata,
                at: timestamp
            )
            if let alert { enqueue(alert) }
        }
    }

    /// Resolves the alert of this type for the endpoint, if one is active.
    ///
    /// Never waits.
    ///
    /// - Parameters:
    ///   - type: the kind of alert.
    ///   - endpoint: what was in trouble.
    ///   - timestamp: when, since 1970-01-01T00:00:00Z.
    public func resolve(type: String, endpoint: String, at timestamp: Duration? = nil) {
        ledger.withLock {
            if let alert = $0.resolve(type: type, endpoint: endpoint, at: timestamp) { enqueue(alert) }
        }
    }

    /// Delivers alerts until the task is cancelled.
    ///
    /// Call it once.
    nonisolated(nonsending) public func run() async {
        await withTaskGroup { group in
            for (handler, queue) in zip(handlers, queues) {
                group.addTask { await queue.deliver(to: handler) }
            }
        }
    }

    /// Under the lock of the ledger, so that no queue holds the end of an alert before its beginning; it only appends to buffers.
    private func enqueue(_ alert: Alert) {
        for queue in queues { queue.add(alert) }
    }
}
