// SPDX-License-Identifier: Apache-2.0

/// A time in which some targets are shown, and count for nothing.
package struct MaintenanceOrder: Hashable, Sendable {
    /// Counts the windows of a run of the agent from 1.
    package let id: UInt64
    /// Which targets it is about.
    package let selection: MaintenanceSelection
    /// When it began.
    package let since: WallTime
    /// When it ends by itself.
    package let ends: MonotonicInstant
    /// The same for output.
    package let until: WallTime
    /// Why, in the operator's words.
    package let reason: String?
    /// Who asked.
    package let by: String

    /// The most windows at one time.
    package static let maximumWindows = 100

    package init(id: UInt64, selection: MaintenanceSelection, for duration: Duration, order: Order, at moment: Moment) {
        self.id = id
        self.selection = selection
        since = moment.wall
        ends = moment.instant.advanced(by: duration)
        until = moment.wall.advanced(by: duration)
        reason = order.reason
        by = order.by
    }
}

/// Which targets a maintenance window is about: those that are named, and those that have all of the tags.
package struct MaintenanceSelection: Hashable, Sendable {
    /// By name, sorted.
    package var targets: [TargetName]
    /// By the group they belong to, sorted.
    package var groups: [GroupName]
    /// By tags, all of which a target must have; empty = none by tags.
    package var tags: [String: String]

    /// The most names, groups and tags together.
    package static let maximumEntries = 1_000

    package init(targets: [TargetName] = [], groups: [GroupName] = [], tags: [String: String] = [:]) {
        self.targets = targets.sorted()
        self.groups = groups.sorted()
        self.tags = tags
    }

    /// Whether the target with this definition is meant.
    package func includes(_ spec: ProbeSpec) -> Bool {
        if targets.contains(spec.name) { return true }
        if spec.groups.contains(where: groups.contains) { return true }
        return !tags.isEmpty && tags.allSatisfy { spec.tags[$0.key] == $0.value }
    }
}
