// SPDX-License-Identifier: Apache-2.0

/// How the aggregate is made of the targets: `aggregate` and `groups` of bellwether.yaml.
package struct AggregateSettings: Hashable, Sendable {
    /// How many of the required targets and groups must pass.
    package var policy: PassingPolicy
    /// The fail-open floor, 0 to 1; 0 = off, the default.
    ///
    /// When more than the rest to 1 of the required targets are down at once, the aggregate is degraded instead of unhealthy:
    /// with 0.3, when more than 70% are. So many failures at once are more likely something that all share, the agent's own
    /// network included, and taking every instance out of rotation would make an outage of it.
    package var failOpen: Double
    /// Sorted by name.
    package var groups: [GroupSpec]

    package init(policy: PassingPolicy = .all, failOpen: Double = 0, groups: [GroupSpec] = []) {
        self.policy = policy
        self.failOpen = failOpen
        self.groups = groups.sorted { $0.name < $1.name }
    }
}

/// Targets that count together; which they are is said by the targets.
package struct GroupSpec: Hashable, Sendable {
    package var name: GroupName
    /// How many of its required members must pass.
    package var policy: PassingPolicy
    /// What the group's status means for the aggregate.
    package var impact: Impact

    package init(name: GroupName, policy: PassingPolicy = .all, impact: Impact = .required) {
        self.name = name
        self.policy = policy
        self.impact = impact
    }
}
