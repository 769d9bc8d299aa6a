// SPDX-License-Identifier: Apache-2.0

/// What a target's or group's state means for what it counts towards.
///
/// A target in no group counts towards the aggregate, and so does every group. A target in groups counts towards these and
/// no longer by itself, so that the members of a group with `policy: any` are really redundant: one that fails changes
/// nothing as long as another passes. To hear of lost redundancy all the same, put the members into a second group with
/// `policy: all` and `impact: degrading`.
package enum Impact: String, CaseIterable, Hashable, Sendable {
    /// The aggregate, or the group by its policy, needs it. The default.
    case required
    /// Unhealthy makes the aggregate or the group degraded, never unhealthy.
    case degrading
    /// Shown, but counts for nothing.
    case informational
}
