// SPDX-License-Identifier: Apache-2.0

extension CircuitBreaker {
    /// Why a call got no permit.
    ///
    /// A rejection is not a failure: it is counted apart.
    public enum Rejection: Sendable, Hashable, CustomStringConvertible {
        /// The breaker is open; it lets calls through again in `retryAfter`. `cause` is the failure that opened it.
        case open(retryAfter: Duration, cause: FailureCause?)
        /// The half-open round has no place for another call.
        case halfOpenFull
        /// An operator keeps the breaker open.
        case forcedOpen(reason: String?)

        /// The shortest wait after which another try makes sense; nil when it is not known.
        public var retryAfter: Duration? {
            guard case .open(let retryAfter, _) = self else { return nil }
            return retryAfter
        }

        /// The rejection in words.
        public var description: String {
            switch self {
            case .open(let retryAfter, let cause):
                "open for another \(retryAfter.text)" + (cause.map { ": \($0)" } ?? "")
            case .halfOpenFull:
                "half-open and busy with its trial calls"
            case .forcedOpen(let reason):
                "forced open" + (reason.map { ": \($0)" } ?? "")
            }
        }
    }
}
