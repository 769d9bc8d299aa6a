// SPDX-License-Identifier: Apache-2.0

/// Watches a service level objective and its error budget.
///
/// ```swift
/// let tracker = SLOTracker(.init(targetSuccessRate: 0.999), tripping: breaker)
/// tracker.record(isSuccess: answer.status < 500)
/// print(tracker.status.errorBudgetRemaining)
/// ```
///
/// Recording is O(1): outcomes are counted in slices of the window, not kept one by one. A breaker can be told of a violation as a
/// signal, once for each time the objective becomes violated; its own counts never see an invented failure.
public final class SLOTracker: Sendable {
    /// The configuration.
    public let configuration: SLOConfiguration
    private let time: TimeSource
    private let breaker: CircuitBreaker?
    private let core: Locked<SLOCore>

    /// Makes a tracker.
    ///
    /// - Parameters:
    ///   - configuration: must be valid; check one from outside with ``SLOConfiguration/validate()`` first.
    ///   - breaker: opened when the objective becomes violated; default none.
    ///   - time: the monotonic time; default `ContinuousClock`.
    public init(
        _ configuration: SLOConfiguration = .init(),
        tripping breaker: CircuitBreaker? = nil,
        time: TimeSource = TimeSource()
    ) {
        let problems = configuration.problems
        precondition(problems.isEmpty, "SLO: \(InvalidConfiguration(problems: problems))")
        self.configuration = configuration
        self.breaker = breaker
        self.time = time
        core = Locked(SLOCore(configuration))
    }

    /// Counts one call.
    ///
    /// - Parameter isSuccess: whether it did what it should; a call that was too slow may count as not.
    public func record(isSuccess: Bool) {
        let now = time.now()
        let becameViolated = core.withLock { $0.record(isSuccess: isSuccess, now: now) }
        guard becameViolated, let breaker else { return }
        breaker.trip(reason: "the success rate is below its target of \(percent(configuration.targetSuccessRate))")
    }

    /// How the objective stands; O(slices).
    public var status: SLOStatus {
        let now = time.now()
        return core.withLock { $0.status(now: now) }
    }
}
