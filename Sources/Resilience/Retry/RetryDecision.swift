// SPDX-License-Identifier: Apache-2.0

/// Whether a failed attempt is worth another one.
public enum RetryDecision: Sendable, Hashable {
    /// Try again after the configured backoff.
    case retry
    /// Try again, but not before this wait: the other side has asked for it.
    case retryAfter(Duration)
    /// Another attempt would fail as well, or must not be made.
    case stop

    /// Retries every error but a cancellation, an open circuit and a permanent failure; waits as long as a rate limit asks for.
    ///
    /// An open circuit is not waited for: whoever retries against it only adds to the load once it half-opens.
    ///
    /// - Parameter error: the error of an attempt.
    /// - Returns: the decision.
    @Sendable
    public static func standard(_ error: any Error) -> RetryDecision {
        if error is CancellationError { return .stop }
        return switch ResilienceError.describing(error) {
        case .circuitOpen, .permanent: .stop
        case .rateLimitExceeded(let retryAfter): .retryAfter(retryAfter)
        default: .retry
        }
    }
}

extension RetryDecision {
    /// For the status code of an HTTP answer.
    ///
    /// 429 and 503 are retried for every method, since the request was not carried out (RFC 9110 section 15.6.4, RFC 6585 section
    /// 4); 408, 425, 500, 502 and 504 for idempotent methods alone.
    ///
    /// - Parameters:
    ///   - status: the status code.
    ///   - isIdempotent: whether the method may be repeated: GET, HEAD, OPTIONS, TRACE, PUT, DELETE (RFC 9110 section 9.2.2).
    ///   - retryAfter: the wait of a `Retry-After` field, see ``RetryAfter``.
    /// - Returns: the decision.
    public static func http(status: Int, isIdempotent: Bool, retryAfter: Duration? = nil) -> RetryDecision {
        let isRetryable =
            switch status {
            case 429, 503: true
            case 408, 425, 500, 502, 504: isIdempotent
            default: false
            }
        guard isRetryable else { return .stop }
        return retryAfter.map { .retryAfter($0) } ?? .retry
    }

    /// For a gRPC status code.
    ///
    /// UNAVAILABLE (14), RESOURCE_EXHAUSTED (8) and ABORTED (10) are retried. A server that pushes back with a negative
    /// `grpc-retry-pushback-ms` wants no retry (gRFC A6).
    ///
    /// - Parameters:
    ///   - code: the number of the status.
    ///   - pushbackMilliseconds: the value of `grpc-retry-pushback-ms`, if there is one.
    /// - Returns: the decision.
    public static func grpc(code: Int, pushbackMilliseconds: Int? = nil) -> RetryDecision {
        guard [8, 10, 14].contains(code) else { return .stop }
        guard let pushbackMilliseconds else { return .retry }
        return pushbackMilliseconds < 0 ? .stop : .retryAfter(.milliseconds(pushbackMilliseconds))
    }

    /// For an SQLSTATE of PostgreSQL (its documentation, appendix A).
    ///
    /// Serialisation failures and deadlocks (40001, 40P01) and an unavailable lock (55P03) are retried: the transaction was
    /// rolled back. So are the classes 53 (insufficient resources) and the server's starting and stopping (57P01 to 57P03).
    /// A lost connection (class 08) is retried only where repeating is harmless, since a commit may have succeeded.
    ///
    /// - Parameters:
    ///   - sqlState: the five characters.
    ///   - isIdempotent: whether the whole transaction may be repeated.
    /// - Returns: the decision.
    public static func postgres(sqlState: String, isIdempotent: Bool) -> RetryDecision {
        switch sqlState {
        case "40001", "40P01", "55P03", "57P01", "57P02", "57P03": return .retry
        case let state where state.utf8.count == 5 && state.hasPrefix("53"): return .retry
        case let state where state.utf8.count == 5 && state.hasPrefix("08"): return isIdempotent ? .retry : .stop
        default: return .stop
        }
    }

    /// For the text of a Redis or Valkey error, by its first word.
    ///
    /// BUSY, CLUSTERDOWN, LOADING, MASTERDOWN, NOREPLICAS, READONLY and TRYAGAIN pass by themselves and are retried. MOVED and ASK
    /// are for the client's routing, not for a retry.
    ///
    /// - Parameter error: the error as the server sent it, with or without the leading minus.
    /// - Returns: the decision.
    public static func redis(error: String) -> RetryDecision {
        let text = error.hasPrefix("-") ? error.dropFirst() : error[...]
        switch text.prefix(while: { $0 != " " }) {
        case "BUSY", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "NOREPLICAS", "READONLY", "TRYAGAIN": return .retry
        default: return .stop
        }
    }
}
