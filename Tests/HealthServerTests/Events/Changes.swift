// SPDX-License-Identifier: Apache-2.0

import HealthModel

@testable import HealthServer

/// Changes to publish.
enum Changes {
    /// Target `db` opens.
    static func opened(_ sequence: UInt64, reason: String = "3 consecutive failures: connect refused") -> HealthChange {
        let change = StatusChange(
            endpoint: Snapshots.name("db"),
            oldState: .closed,
            newState: .open,
            oldStatus: .healthy,
            newStatus: .unhealthy,
            reason: reason
        )
        return HealthChange(sequence: sequence, moment: moment, event: .target(change))
    }

    /// The agent begins to drain.
    static func draining(_ sequence: UInt64) -> HealthChange {
        let change = AggregateChange(oldStatus: .healthy, newStatus: .draining, reason: "the agent is shutting down")
        return HealthChange(sequence: sequence, moment: moment, event: .aggregate(change))
    }

    private static let moment = Moment(
        instant: MonotonicInstant(nanoseconds: 1),
        wall: WallTime(nanosecondsSinceEpoch: 1_795_232_950_000_000_000)
    )

    /// The document of ``opened(_:reason:)``.
    static func json(_ sequence: UInt64) -> String {
        """
        {"endpoint":"db","old_state":"Closed","new_state":"Open","timestamp":"2026-11-21T03:49:10.000Z",\
        "reason":"3 consecutive failures: connect refused","sequence":\(sequence)}
        """
    }
}

extension RunningServer {
    /// Publishes changes and returns once the server's event loop has taken them over.
    func publish(_ changes: HealthChange...) async {
        for change in changes { server.publish(change) }
        _ = await server.counters()
    }
}
