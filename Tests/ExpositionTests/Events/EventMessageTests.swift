// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Exposition

@Suite("EventMessage")
struct EventMessageTests {
    private func message(_ event: HealthChange.Event) -> EventMessage {
        let moment = HealthModel.Moment(instant: Fixtures.now, wall: Fixtures.wallNow)
        return EventMessage(HealthChange(sequence: 17, moment: moment, event: event))
    }

    private func target(
        _ states: (BreakerHealth.State, BreakerHealth.State),
        _ statuses: (TargetStatus, TargetStatus),
        reason: String = "3 consecutive failures: connect refused"
    ) -> EventMessage {
        let change = StatusChange(
            endpoint: Fixtures.name("checkout"),
            oldState: states.0,
            newState: states.1,
            oldStatus: statuses.0,
            newStatus: statuses.1,
            reason: reason
        )
        return message(.target(change))
    }

    @Test("a breaker's transition has the contract's form")
    func breaker() {
        #expect(
            String(decoding: target((.closed, .open), (.healthy, .unhealthy)).json, as: UTF8.self) == """
                {"endpoint":"checkout","old_state":"Closed","new_state":"Open","timestamp":"2026-11-21T03:49:10.042Z",\
                "reason":"3 consecutive failures: connect refused","sequence":17}
                """
        )
    }

    @Test("a status that changed alone is told by its words")
    func status() {
        let text = String(decoding: target((.closed, .closed), (.starting, .healthy)).json, as: UTF8.self)
        #expect(text.contains("\"old_state\":\"Starting\",\"new_state\":\"Healthy\""))
    }

    @Test("the aggregate is the endpoint without a name")
    func aggregate() {
        let change = AggregateChange(oldStatus: .healthy, newStatus: .draining, reason: "the agent is shutting down")
        let message = message(.aggregate(change))
        #expect(message.isDraining)
        #expect(
            String(decoding: message.json, as: UTF8.self).hasPrefix(
                "{\"endpoint\":\"\",\"old_state\":\"Healthy\",\"new_state\":\"Draining\""
            )
        )
    }

    @Test("a long reason is cut between two characters")
    func longReason() throws {
        let json = target((.closed, .open), (.healthy, .unhealthy), reason: String(repeating: "é", count: 5_000)).json
        #expect(json.count < 1_024 + 200)
        #expect(String(validating: json, as: UTF8.self)?.contains("é…\"") == true)
    }

    @Test("a line feed in a reason does not end the event")
    func lineFeed() {
        let message = target((.closed, .open), (.healthy, .unhealthy), reason: "a\n\nid: 99")
        let text = String(decoding: EventNotice.event(message).serverSent, as: UTF8.self)
        #expect(text.split(separator: "\n").count == 2)
    }

    @Test("what is missed is a number, or null when nobody knows")
    func missed() {
        #expect(
            String(decoding: EventNotice.missed(12).serverSent, as: UTF8.self)
                == "event: missed\ndata: {\"missed\":12}\n\n"
        )
        #expect(String(decoding: EventNotice.missed(nil).json, as: UTF8.self) == "{\"missed\":null}")
    }
}
