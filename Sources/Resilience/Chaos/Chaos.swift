// SPDX-License-Identifier: Apache-2.0

/// Injects failures and delays on purpose, to see whether everything around the call copes.
///
/// ```swift
/// let chaos = Chaos(limits: .init(maximumFailureRate: 0.5))
/// chaos.start(.init(failureRate: 0.1), for: .seconds(60))
/// let answer = try await chaos.run { try await client.get("/stock") }
/// ```
///
/// Nothing is injected until somebody starts a plan. A plan is clamped to the limits, ends by itself, and ends at once with
/// ``stop()``. Every injection is counted, and an injected failure says that it is one: tell the client by
/// ``InjectedFailure/headerName``. The same seed injects the same faults into the same sequence of calls.
///
/// Put it innermost, next to the call, so that every policy around it sees the fault.
public final class Chaos: Sendable {
    /// The name that an observer is told.
    public let name: String
    /// What no plan can exceed.
    public let limits: ChaosLimits
    private let time: TimeSource
    private let observer: (any ResilienceObserver)?
    private let core: Locked<Core>

    fileprivate struct Core: Sendable {
        var random: SplitMix64
        var plan = ChaosPlan()
        var endsAt = Duration.zero
        var calls: UInt64 = 0
        var failures: UInt64 = 0
        var delays: UInt64 = 0

        func isActive(_ now: Duration) -> Bool { !plan.isEmpty && now < endsAt }
    }

    /// Makes a source of faults that injects nothing yet.
    ///
    /// - Parameters:
    ///   - limits: what no plan can exceed.
    ///   - name: the name that an observer is told; default `chaos`.
    ///   - time: the monotonic time; default `ContinuousClock`.
    ///   - seed: the seed of the dice; nil takes one from the system.
    ///   - observer: told of every fault; default none.
    public init(
        limits: ChaosLimits = .init(),
        name: String = "chaos",
        time: TimeSource = TimeSource(),
        seed: UInt64? = nil,
        observer: (any ResilienceObserver)? = nil
    ) {
        self.name = name
        self.observer = observer
        self.limits = limits
        self.time = time
        core = Locked(Core(random: seed.map { SplitMix64(seed: $0) } ?? SplitMix64()))
    }

    /// Puts a plan in force, in place of the one before.
    ///
    /// - Parameters:
    ///   - plan: what to inject.
    ///   - duration: after which it ends by itself; clamped to the limits.
    /// - Returns: the plan as it is in force, after clamping.
    @discardableResult
    public func start(_ plan: ChaosPlan, for duration: Duration) -> ChaosPlan {
        let inForce = plan.clamped(to: limits)
        let endsAt = time.now() + min(max(duration, .zero), limits.maximumDuration)
        core.withLock { core in
            core.plan = inForce
            core.endsAt = endsAt
        }
        return inForce
    }

    /// Ends whatever is in force; the next call is left alone.
    public func stop() {
        core.withLock { $0.plan = ChaosPlan() }
    }

    /// What is in force and what was injected.
    public var status: ChaosStatus {
        let now = time.now()
        return core.withLock { core in
            ChaosStatus(
                plan: core.isActive(now) ? core.plan : ChaosPlan(),
                remaining: core.isActive(now) ? core.endsAt - now : nil,
                calls: core.calls,
                failures: core.failures,
                delays: core.delays
            )
        }
    }

    /// Injects what the dice say: a delay, a failure, both or nothing.
    ///
    /// - Throws: ``InjectedFailure``.
    nonisolated(nonsending) public func inject() async throws(InjectedFailure) {
        let now = time.now()
        let (delay, fails) = core.withLock { core in
            core.isActive(now) ? core.roll() : (.zero, false)
        }
        if delay > .zero {
            observer?.chaos(name, didInject: .delay(delay))
            do {
                try await time.sleep(until: now + delay)
            } catch {
                // A cancelled delay only ends early: the call itself finds out that it is cancelled.
            }
        }
        guard fails else { return }
        observer?.chaos(name, didInject: .failure)
        throw InjectedFailure()
    }

    /// Calls `operation` unless a failure is injected instead.
    ///
    /// - Parameter operation: what to call.
    /// - Returns: what `operation` returns.
    /// - Throws: ``ChaosError``.
    nonisolated(nonsending) public func run<Value, Failure: Error>(
        _ operation: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(ChaosError<Failure>) -> Value {
        do {
            try await inject()
        } catch {
            throw .injected(error)
        }
        do {
            return try await operation()
        } catch {
            throw .operation(error)
        }
    }
}

extension Chaos.Core {
    /// Rolls all dice whatever falls, so that the sequence depends on the number of calls alone.
    fileprivate mutating func roll() -> (delay: Duration, fails: Bool) {
        let (delayDice, lengthDice, failureDice) = (random.unit(), random.unit(), random.unit())
        let isDelayed = delayDice < plan.latencyRate && plan.latency.upperBound > .zero
        let fails = failureDice < plan.failureRate
        calls += 1
        if isDelayed { delays += 1 }
        if fails { failures += 1 }
        guard isDelayed else { return (.zero, fails) }
        let span = plan.latency.upperBound - plan.latency.lowerBound
        return (plan.latency.lowerBound + span.scaled(by: lengthDice, atMost: span), fails)
    }
}
