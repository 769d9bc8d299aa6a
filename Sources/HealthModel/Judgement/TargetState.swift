// SPDX-License-Identifier: Apache-2.0

/// What groups and the aggregate need to know of one target.
package struct TargetState: Hashable, Sendable {
    package var name: TargetName
    package var impact: Impact
    /// The groups it counts towards; in none, it counts by itself.
    package var groups: [GroupName]
    package var status: TargetStatus
    /// Whether it counts for nothing at present.
    package var isInMaintenance: Bool
    /// Whether it is unhealthy by a verdict that is not too old.
    package var isKnownDown: Bool
    /// The failed dependencies that its failure is attributed to, sorted; empty when it fails by itself, or not at all.
    package var roots: [TargetName]

    package init(
        name: TargetName,
        impact: Impact,
        groups: [GroupName] = [],
        status: TargetStatus,
        isInMaintenance: Bool = false,
        isKnownDown: Bool? = nil,
        roots: [TargetName] = []
    ) {
        self.name = name
        self.impact = impact
        self.groups = groups
        self.status = status
        self.isInMaintenance = isInMaintenance
        self.isKnownDown = isKnownDown ?? (status == .unhealthy)
        self.roots = roots
    }
}
