// SPDX-License-Identifier: Apache-2.0

/// A change of a target or of the aggregate, as it is remembered across restarts.
package struct SavedChange: Hashable, Sendable {
    /// When it happened.
    package var at: WallTime
    /// Whose change it is; nil for the aggregate's.
    package var target: TargetName?
    /// The state of the breaker before and after; empty for the aggregate.
    package var oldState: String
    package var newState: String
    /// The status before and after.
    package var oldStatus: String
    package var newStatus: String
    /// Why, one line.
    package var reason: String

    package init(
        at: WallTime,
        target: TargetName?,
        oldState: String = "",
        newState: String = "",
        oldStatus: String,
        newStatus: String,
        reason: String
    ) {
        self.at = at
        self.target = target
        self.oldState = oldState
        self.newState = newState
        self.oldStatus = oldStatus
        self.newStatus = newStatus
        self.reason = reason
    }

    /// Nil for a change that follows from others: a group's, and of maintenance, whose windows are kept.
    package init?(_ change: HealthChange) {
        switch change.event {
        case .target(let event):
            self.init(
                at: change.moment.wall,
                target: event.endpoint,
                oldState: event.oldState.rawValue,
                newState: event.newState.rawValue,
                oldStatus: event.oldStatus.rawValue,
                newStatus: event.newStatus.rawValue,
                reason: event.reason
            )
        case .aggregate(let event):
            self.init(
                at: change.moment.wall,
                target: nil,
                oldStatus: event.oldStatus.rawValue,
                newStatus: event.newStatus.rawValue,
                reason: event.reason
            )
        case .group, .maintenance: return nil
        }
    }
}
