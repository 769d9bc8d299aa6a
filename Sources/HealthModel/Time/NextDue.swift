// SPDX-License-Identifier: Apache-2.0

/// When a target is probed again after a run.
package enum NextDue: Hashable, Sendable {
    /// At its next slot.
    case onInterval
    /// At its next slot, or at the instant when that comes first: an observed target whose breaker will half-open.
    case onIntervalOrAt(MonotonicInstant)
    /// At the instant, whatever the interval: an open breaker pauses its target until it half-opens.
    case at(MonotonicInstant)
    /// So long from now, whatever the interval: a half-open round goes faster.
    case after(Duration)
}
