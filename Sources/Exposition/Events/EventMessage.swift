// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// One change as subscribers are told of it, rendered once for all of them.
///
/// `{"endpoint":"checkout","old_state":"Closed","new_state":"Open","timestamp":"…","reason":"3 consecutive failures: connect
/// refused","sequence":17}`. The endpoint is a target's name, `group:` and a group's, and empty for the aggregate, as in the gRPC
/// health protocol. The states are the breaker's where it changed, otherwise the status of the target, the group or the
/// aggregate; a target whose maintenance begins or ends goes from `Counted` to `InMaintenance` or back.
package struct EventMessage: Hashable, Sendable {
    /// The change's number; the `id` of a server-sent event.
    package let sequence: UInt64
    /// The document in UTF-8, on one line, without a line feed.
    package let json: [UInt8]
    /// Whether it says that the aggregate is draining, after which nothing of interest follows.
    package let isDraining: Bool

    /// The longest reason, in bytes; a longer one is cut.
    package static let maximumReasonBytes = 1_024

    /// Renders `change`.
    package init(_ change: HealthChange) {
        sequence = change.sequence
        let endpoint: String
        let (old, new, reason): (String, String, String)
        switch change.event {
        case .target(let target):
            endpoint = target.endpoint.text
            (old, new) = target.words
            reason = target.reason
            isDraining = false
        case .group(let group):
            endpoint = "group:\(group.group)"
            (old, new) = (group.oldStatus.rawValue.capitalizedWord, group.newStatus.rawValue.capitalizedWord)
            reason = group.reason
            isDraining = false
        case .maintenance(let change):
            endpoint = change.target.text
            (old, new) = change.maintenance == nil ? ("InMaintenance", "Counted") : ("Counted", "InMaintenance")
            reason = change.maintenance?.reason ?? "maintenance is over"
            isDraining = false
        case .aggregate(let aggregate):
            endpoint = ""
            (old, new) = (aggregate.oldStatus.rawValue.capitalizedWord, aggregate.newStatus.rawValue.capitalizedWord)
            reason = aggregate.reason
            isDraining = aggregate.newStatus == .draining
        }
        let document = JSONValue.members([
            "endpoint": .string(endpoint),
            "old_state": .string(old),
            "new_state": .string(new),
            "timestamp": .string(change.moment.wall.rfc3339),
            "reason": .string(reason.cut(toBytes: Self.maximumReasonBytes)),
            "sequence": .unsigned(change.sequence),
        ])
        json = document.serialized().dropLast()
    }
}

extension StatusChange {
    /// The states before and after, as events say them.
    var words: (old: String, new: String) {
        guard (oldState, oldHold) == (newState, newHold) else {
            return (oldState.eventWord(oldHold), newState.eventWord(newHold))
        }
        return (oldStatus.rawValue.capitalizedWord, newStatus.rawValue.capitalizedWord)
    }
}

extension BreakerHealth.State {
    /// `Closed`, `Open`, `HalfOpen`, or what an operator holds it in: `ForcedOpen`, `ForcedClosed`, `Disabled`.
    func eventWord(_ hold: BreakerHold.Kind?) -> String {
        switch (hold, self) {
        case (.open, _): "ForcedOpen"
        case (.closed, _): "ForcedClosed"
        case (.disabled, _): "Disabled"
        case (nil, .closed): "Closed"
        case (nil, .open): "Open"
        case (nil, .halfOpen): "HalfOpen"
        }
    }
}

extension String {
    /// The word with a capital letter first.
    var capitalizedWord: String { prefix(1).uppercased() + dropFirst() }

    /// The longest beginning of whole characters that fits in so many bytes, with an ellipsis where something was cut.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var used = 3
        let kept = prefix { character in
            used += character.utf8.count
            return used <= limit
        }
        return kept + "…"
    }
}
