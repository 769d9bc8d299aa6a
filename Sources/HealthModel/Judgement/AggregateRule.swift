// SPDX-License-Identifier: Apache-2.0

/// The rules of the aggregate, most important first; the first that holds decides.
package enum AggregateRule: Hashable, Sendable {
    /// The agent is shutting down.
    case draining
    /// There is nothing to be healthy.
    case noTargets
    /// Too few required targets and groups can pass, but so many targets are down that this is not believed.
    case failOpen
    /// So many required targets and groups are unhealthy or stale that too few can pass.
    case requiredDown
    /// Too few required targets and groups pass as long as some have no passing verdict yet.
    case requiredStarting
    /// A required target or group is not healthy although enough pass, or a degrading one is unhealthy or stale.
    case degraded
    case healthy

    /// The status that follows.
    package var status: AggregateStatus {
        switch self {
        case .draining: .draining
        case .noTargets, .requiredDown: .unhealthy
        case .requiredStarting: .starting
        case .failOpen, .degraded: .degraded
        case .healthy: .healthy
        }
    }
}

/// What the aggregate is drawn from, counted.
package struct AggregateTally: Hashable, Sendable {
    /// Targets that are in no group, and groups; without those in maintenance.
    package var units = StatusTally()
    /// All targets there are.
    package var targets = 0
    /// Required targets outside maintenance: those in no group, and the required members of required groups, each once.
    package var required = 0
    /// How many of these are unhealthy by a verdict that is not too old.
    ///
    /// A stale target is not among them: that nothing is known of it does not tell of a failure that all share, and a stalled
    /// agent must not pass.
    package var requiredDown = 0

    package init() {}

    /// The rule that decides.
    package func rule(_ settings: AggregateSettings, isDraining: Bool) -> AggregateRule {
        if isDraining { return .draining }
        if targets == 0 { return .noTargets }
        let total = units.total(.required)
        let needed = settings.policy.needed(of: total)
        let passing = units.passing(.required)
        if passing + units[.required, .starting] < needed {
            return isFailOpen(settings.failOpen) ? .failOpen : .requiredDown
        }
        if passing < needed { return .requiredStarting }
        return units[.required, .healthy] < total || units.down(.degrading) > 0 ? .degraded : .healthy
    }

    private func isFailOpen(_ floor: Double) -> Bool {
        floor > 0 && Double(requiredDown) > Double(required) * (1 - floor) + 1e-9
    }
}
