// SPDX-License-Identifier: Apache-2.0

/// What went wrong in a resilience policy, in the terms of an answer to a client.
///
/// Every policy throws a type of its own that carries more; this is what they have in common, for the edge of a service. It never
/// carries the text of an inner error, which may hold secrets.
public enum ResilienceError: Error, Sendable, Hashable {
    /// A circuit breaker is open.
    case circuitOpen(retryAfter: Duration?)
    /// A connection pool has no connection to give.
    case poolExhausted
    /// A rate limit is exceeded.
    case rateLimitExceeded(retryAfter: Duration)
    /// A bulkhead and its queue are full.
    case bulkheadFull
    /// The dependency failed in a way that may pass.
    case transient
    /// The dependency failed in a way that will not pass by itself.
    case permanent
    /// A connection could not be made.
    case connectionCreation
    /// A connection turned out to be unusable.
    case unhealthyConnection
    /// Something took longer than this.
    case timeout(Duration)
    /// So many attempts have failed.
    case maxRetriesExceeded(attempts: Int)

    /// Whether the same request makes sense later.
    public var isRetryable: Bool {
        self != .permanent
    }

    /// The shortest wait after which it makes sense; nil when it is not known.
    public var retryAfter: Duration? {
        switch self {
        case .circuitOpen(let retryAfter): retryAfter
        case .rateLimitExceeded(let retryAfter): retryAfter
        default: nil
        }
    }

    /// The HTTP status: 429 for a rate limit, 504 for a timeout, 500 for a permanent failure, otherwise 503.
    public var httpStatus: Int {
        switch self {
        case .rateLimitExceeded: 429
        case .timeout: 504
        case .permanent: 500
        case .circuitOpen, .poolExhausted, .bulkheadFull, .transient, .connectionCreation, .unhealthyConnection,
            .maxRetriesExceeded:
            503
        }
    }

    /// The gRPC status code: RESOURCE_EXHAUSTED (8), DEADLINE_EXCEEDED (4), INTERNAL (13) or UNAVAILABLE (14).
    public var grpcCode: Int {
        switch self {
        case .rateLimitExceeded, .bulkheadFull, .poolExhausted: 8
        case .timeout: 4
        case .permanent: 13
        case .circuitOpen, .transient, .connectionCreation, .unhealthyConnection, .maxRetriesExceeded: 14
        }
    }

    /// The value of a `Retry-After` field: whole seconds, rounded up, at least 1; nil when the wait is not known.
    public var retryAfterField: String? {
        guard let milliseconds = retryAfter?.wholeMilliseconds else { return nil }
        return String(max(1, milliseconds / 1_000 + (milliseconds % 1_000 > 0 ? 1 : 0)))
    }

    /// A word for machines: `circuit_open`, `rate_limit_exceeded`, and so on.
    public var code: String {
        switch self {
        case .circuitOpen: "circuit_open"
        case .poolExhausted: "pool_exhausted"
        case .rateLimitExceeded: "rate_limit_exceeded"
        case .bulkheadFull: "bulkhead_full"
        case .transient: "transient"
        case .permanent: "permanent"
        case .connectionCreation: "connection_creation"
        case .unhealthyConnection: "unhealthy_connection"
        case .timeout: "timeout"
        case .maxRetriesExceeded: "max_retries_exceeded"
        }
    }
}
