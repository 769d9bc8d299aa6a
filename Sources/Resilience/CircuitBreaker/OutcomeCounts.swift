// SPDX-License-Identifier: Apache-2.0

/// How the calls of a window ended.
public struct OutcomeCounts: Sendable, Hashable {
    /// Calls that ended as a success or a failure.
    public internal(set) var calls = 0
    /// Calls that failed.
    public internal(set) var failures = 0
    /// Calls that took longer than `slowCallDuration`, failed or not.
    public internal(set) var slowCalls = 0

    /// No calls.
    public init() {}

    /// Calls that succeeded.
    public var successes: Int { calls - failures }

    /// The share of failed calls; nil without calls.
    public var failureRate: Double? {
        calls == 0 ? nil : Double(failures) / Double(calls)
    }

    /// The share of slow calls; nil without calls.
    public var slowCallRate: Double? {
        calls == 0 ? nil : Double(slowCalls) / Double(calls)
    }

    mutating func add(_ outcome: CallOutcome) {
        calls += 1
        if outcome.isFailure { failures += 1 }
        if outcome.isSlow { slowCalls += 1 }
    }

    mutating func subtract(_ outcome: CallOutcome) {
        calls -= 1
        if outcome.isFailure { failures -= 1 }
        if outcome.isSlow { slowCalls -= 1 }
    }

    mutating func add(_ other: OutcomeCounts) {
        calls += other.calls
        failures += other.failures
        slowCalls += other.slowCalls
    }

    mutating func subtract(_ other: OutcomeCounts) {
        calls -= other.calls
        failures -= other.failures
        slowCalls -= other.slowCalls
    }
}

/// One outcome as the windows keep it.
struct CallOutcome: Sendable, Hashable {
    private let bits: UInt8

    init(isFailure: Bool, isSlow: Bool) {
        bits = (isFailure ? 1 : 0) | (isSlow ? 2 : 0)
    }

    var isFailure: Bool { bits & 1 != 0 }
    var isSlow: Bool { bits & 2 != 0 }
}
