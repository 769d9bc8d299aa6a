// SPDX-License-Identifier: Apache-2.0

/// What one probe says about its target.
package enum Verdict: String, CaseIterable, Hashable, Sendable {
    /// Everything expected held.
    case healthy
    /// It works, with a warning: slow, or Nagios WARNING. Counts as a success for the breaker.
    case degraded
    /// It does not work. Counts as a failure for the breaker.
    case unhealthy
    /// Nothing could be learned: our own fault (`internal`) or Nagios UNKNOWN. Counts for nothing; if it lasts, the
    /// target's last verdict grows stale.
    case unknown
}
