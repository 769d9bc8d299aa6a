// SPDX-License-Identifier: Apache-2.0

/// Something that an operator is told about when it happens.
package struct HealthChange: Hashable, Sendable {
    /// Counts the changes of a run from 1, without gaps; a reader that sees a gap has missed some.
    package let sequence: UInt64
    /// When it happened.
    package let moment: Moment
    /// What happened.
    package let event: Event

    /// What happened.
    package enum Event: Hashable, Sendable {
        /// A target's breaker or status changed.
        case target(StatusChange)
        /// The aggregate's status changed.
        case aggregate(AggregateChange)
        /// A group's status changed.
        case group(GroupChange)
        /// A target's maintenance began, ended, or changed.
        case maintenance(MaintenanceChange)
    }

    package init(sequence: UInt64, moment: Moment, event: Event) {
        self.sequence = sequence
        self.moment = moment
        self.event = event
    }
}

/// A change of one target: of its breaker's state, of its status, or of both at once.
package struct StatusChange: Hashable, Sendable {
    package let endpoint: TargetName
    package let oldState: BreakerHealth.State
    package let newState: BreakerHealth.State
    package let oldStatus: TargetStatus
    package let newStatus: TargetStatus
    /// What an operator held the breaker in before; nil when nobody did.
    package let oldHold: BreakerHold.Kind?
    /// What an operator holds it in now.
    package let newHold: BreakerHold.Kind?
    /// Why, one line: `3 consecutive failures: connect refused`.
    package let reason: String
    /// The failed dependencies that it is attributed to, sorted; whoever is alerted by those need not be by this.
    package let attributedTo: [TargetName]
    /// Whether the target counts for nothing at present, so that nobody need be alerted.
    package let isInMaintenance: Bool

    package init(
        endpoint: TargetName,
        oldState: BreakerHealth.State,
        newState: BreakerHealth.State,
        oldStatus: TargetStatus,
        newStatus: TargetStatus,
        oldHold: BreakerHold.Kind? = nil,
        newHold: BreakerHold.Kind? = nil,
        reason: String,
        attributedTo: [TargetName] = [],
        isInMaintenance: Bool = false
    ) {
        self.oldHold = oldHold
        self.newHold = newHold
        self.endpoint = endpoint
        self.oldState = oldState
        self.newState = newState
        self.oldStatus = oldStatus
        self.newStatus = newStatus
        self.reason = reason
        self.attributedTo = attributedTo
        self.isInMaintenance = isInMaintenance
    }
}

/// A change of one group's status.
package struct GroupChange: Hashable, Sendable {
    package let group: GroupName
    package let oldStatus: TargetStatus
    package let newStatus: TargetStatus
    /// The explanation of the new status.
    package let reason: String

    package init(group: GroupName, oldStatus: TargetStatus, newStatus: TargetStatus, reason: String) {
        self.group = group
        self.oldStatus = oldStatus
        self.newStatus = newStatus
        self.reason = reason
    }
}

/// A change of one target's maintenance.
package struct MaintenanceChange: Hashable, Sendable {
    package let target: TargetName
    /// What holds from now on; nil = the target counts again.
    package let maintenance: Maintenance?

    package init(target: TargetName, maintenance: Maintenance?) {
        self.target = target
        self.maintenance = maintenance
    }
}

/// A change of the aggregate's status.
package struct AggregateChange: Hashable, Sendable {
    package let oldStatus: AggregateStatus
    package let newStatus: AggregateStatus
    /// The explanation of the new status.
    package let reason: String

    package init(oldStatus: AggregateStatus, newStatus: AggregateStatus, reason: String) {
        self.oldStatus = oldStatus
        self.newStatus = newStatus
        self.reason = reason
    }
}
