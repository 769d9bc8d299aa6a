// SPDX-License-Identifier: Apache-2.0

/// What a rate limiter answers.
public enum RateLimitDecision: Sendable, Hashable {
    /// Go ahead; so many more permits could be taken now.
    case allowed(remaining: Int)
    /// Too many; the permits are available after exactly this wait, unless others take them first.
    case limited(retryAfter: Duration)

    /// Whether the call may go ahead.
    public var isAllowed: Bool {
        guard case .allowed = self else { return false }
        return true
    }
}

/// Why a call got no permit of a rate limiter.
public enum RateLimitRejection: Error, Sendable, Hashable, CustomStringConvertible {
    /// The wait would be longer than allowed.
    case exceeded(retryAfter: Duration)
    /// The task was cancelled while it waited; its permits were given back.
    case cancelled

    /// The rejection in words.
    public var description: String {
        switch self {
        case .exceeded(let retryAfter): "the rate limit is exceeded for another \(retryAfter.text)"
        case .cancelled: "cancelled while waiting for the rate limit"
        }
    }
}

extension ResilienceObserver {
    /// Tells what a limiter has decided without waiting.
    func rateLimiter(_ name: String, didDecide decision: RateLimitDecision) {
        switch decision {
        case .allowed: rateLimiter(name, didAllowAfter: .zero)
        case .limited(let retryAfter): rateLimiter(name, didReject: .exceeded(retryAfter: retryAfter))
        }
    }
}
