// SPDX-License-Identifier: Apache-2.0

/// What a target's state means for the aggregate status.
package enum Impact: String, CaseIterable, Hashable, Sendable {
    /// Unhealthy makes the aggregate unhealthy; degraded makes it degraded. The default.
    case required
    /// Unhealthy makes the aggregate degraded, never unhealthy.
    case degrading
    /// Shown, but counts for nothing.
    case informational
}
