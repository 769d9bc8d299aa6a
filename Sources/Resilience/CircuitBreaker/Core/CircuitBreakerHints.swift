// SPDX-License-Identifier: Apache-2.0

/// What a caller may know about the core without its lock.
///
/// A stale hint costs a detour, never a wrong decision.
struct CircuitBreakerHints: OptionSet, Sendable {
    let rawValue: UInt8
    /// The time matters for an admission.
    static let clockAtAdmission = CircuitBreakerHints(rawValue: 1)
    /// The configuration classifies results.
    static let classifier = CircuitBreakerHints(rawValue: 2)
    /// Somebody wants to know how long calls take.
    static let observer = CircuitBreakerHints(rawValue: 4)
    /// The breaker is open.
    static let open = CircuitBreakerHints(rawValue: 8)
}
