// SPDX-License-Identifier: Apache-2.0

/// Limits retries to a share of the calls, so that retries cannot multiply the load on a dependency that is down.
///
/// Why a budget and not only a maximum of attempts: three attempts treble the load exactly when everything fails, and more where
/// several layers retry. A budget shared by all callers of a dependency bounds the extra load whatever happens. The rule is that
/// of Envoy and Linkerd: a share of the calls, plus a floor per second for services with few calls.
///
/// Tokens are integers scaled by 1000, so no rounding accumulates.
public final class RetryBudget: Sendable {
    private let ratio: Int
    private let floorPerSecond: Int
    private let capacity: Int
    private let time: TimeSource
    private let core: Locked<Core>

    private struct Core: Sendable {
        var earned: Int
        var floor: Int
        var refilledAt: Duration

        /// Advances by whole tokens, so that frequent calls lose no fraction.
        mutating func refill(perSecond: Int, now: Duration) {
            let elapsed = now - refilledAt
            guard perSecond > 0, elapsed > .zero else { return }
            guard elapsed < .seconds(1) else {
                floor = perSecond
                refilledAt = now
                return
            }
            let tokens = Int(elapsed.inSeconds * Double(perSecond))
            floor = min(floor + tokens, perSecond)
            refilledAt += .seconds(1) / perSecond * tokens
        }
    }

    /// Makes a budget.
    ///
    /// - Parameters:
    ///   - ratio: retries per call, 0 to 10, in steps of 0.001; default 0.2.
    ///   - minimumPerSecond: retries per second that are allowed without calls, 0 to 1,000,000; default 10.
    ///   - capacity: the most retries that can be saved up from calls, 1 to 1,000,000; default 100.
    ///   - time: the monotonic time; default `ContinuousClock`.
    public init(
        ratio: Double = 0.2,
        minimumPerSecond: Int = 10,
        capacity: Int = 100,
        time: TimeSource = TimeSource()
    ) {
        precondition(ratio >= 0 && ratio <= 10, "a retry ratio of \(ratio) is not in 0 to 10")
        precondition(
            (0...1_000_000).contains(minimumPerSecond),
            "a minimum of \(minimumPerSecond) is not in 0 to 1,000,000"
        )
        precondition((1...1_000_000).contains(capacity), "a capacity of \(capacity) is not in 1 to 1,000,000")
        self.ratio = Int((ratio * 1_000).rounded())
        floorPerSecond = minimumPerSecond * 1_000
        self.capacity = capacity * 1_000
        self.time = time
        core = Locked(Core(earned: 0, floor: minimumPerSecond * 1_000, refilledAt: time.now()))
    }

    /// Notes a first attempt.
    public func deposit() {
        core.withLock { $0.earned = min($0.earned + ratio, capacity) }
    }

    /// Takes one retry out of the budget.
    ///
    /// - Returns: whether the retry may be made.
    public func withdraw() -> Bool {
        let now = time.now()
        return core.withLock { core in
            core.refill(perSecond: floorPerSecond, now: now)
            if core.earned >= 1_000 {
                core.earned -= 1_000
                return true
            }
            guard core.floor >= 1_000 else { return false }
            core.floor -= 1_000
            return true
        }
    }
}
