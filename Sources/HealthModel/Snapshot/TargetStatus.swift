// SPDX-License-Identifier: Apache-2.0

/// What a target is held to be, after its breaker has judged its outcomes.
package enum TargetStatus: String, CaseIterable, Hashable, Sendable {
    /// Breaker closed, last verdict passes.
    case healthy
    /// Breaker half-open and the last verdict passes, or closed and passing with a warning.
    case degraded
    /// Breaker open, or half-open with no success yet.
    case unhealthy
    /// No verdict yet.
    case starting
    /// The last verdict is too old to be believed. Served as unhealthy, shown as what it is.
    case stale
}
