// SPDX-License-Identifier: Apache-2.0

/// A maintenance window as it survives the agent.
package struct SavedMaintenance: Hashable, Sendable {
    /// Which targets it is about: by name, by group, and by tags.
    package var targets: [TargetName]
    package var groups: [String]
    package var tags: [String: String]
    /// When it began.
    package var since: WallTime
    /// What was left of it when it was saved.
    package var remaining: Duration
    /// Why, in the operator's words, and who it was.
    package var reason: String?
    package var by: String

    package init(
        targets: [TargetName] = [],
        groups: [String] = [],
        tags: [String: String] = [:],
        since: WallTime,
        remaining: Duration,
        reason: String? = nil,
        by: String
    ) {
        self.targets = targets
        self.groups = groups
        self.tags = tags
        self.since = since
        self.remaining = remaining
        self.reason = reason
        self.by = by
    }
}
