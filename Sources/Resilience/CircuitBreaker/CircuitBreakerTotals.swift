// SPDX-License-Identifier: Apache-2.0

/// What has happened to a breaker since it was made; only ever grows, so it can be exported as counters.
///
/// While nothing is in flight, `admitted` is the sum of `succeeded`, `failed`, `ignored`, `cancelled` and `late`.
public struct CircuitBreakerTotals: Sendable, Hashable {
    /// Calls that got a permit, except while disabled.
    public internal(set) var admitted: UInt64 = 0
    /// Calls that succeeded.
    public internal(set) var succeeded: UInt64 = 0
    /// Calls that failed.
    public internal(set) var failed: UInt64 = 0
    /// Calls among the succeeded and failed ones that took longer than `slowCallDuration`.
    public internal(set) var slow: UInt64 = 0
    /// Calls that said nothing about the dependency.
    public internal(set) var ignored: UInt64 = 0
    /// Calls whose permit was dropped without a verdict, or whose task was cancelled.
    public internal(set) var cancelled: UInt64 = 0
    /// Calls that ended after the breaker had changed its state; they changed nothing.
    public internal(set) var late: UInt64 = 0
    /// Calls that got no permit.
    public internal(set) var rejected: UInt64 = 0
    /// Transitions to open.
    public internal(set) var opened: UInt64 = 0
    /// Transitions of any kind.
    public internal(set) var transitions: UInt64 = 0
    /// Times the breaker would have opened while it was in metrics-only.
    public internal(set) var wouldHaveOpened: UInt64 = 0

    /// Nothing has happened.
    public init() {}
}
