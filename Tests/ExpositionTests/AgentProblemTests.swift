// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Exposition

@Suite("What the agent says of itself")
struct AgentProblemTests {
    private static let snapshot: HealthSnapshot = {
        var snapshot = Fixtures.healthy
        snapshot.agent.internalFailures = 3
        snapshot.agent.problems = [
            AgentProblem(.descriptors, since: Fixtures.wallNow, message: "all 40 descriptors for probes are in use"),
            AgentProblem(.route, since: Fixtures.wallNow, message: "10.0.0.1:80 could not be tried"),
        ]
        return snapshot
    }()

    @Test("each problem is a check of the agent's own, before the targets', and warns without changing the status")
    func healthJSON() throws {
        let answer = try #require(
            StatusView(Self.snapshot, at: Fixtures.now).answer(about: .aggregate, in: .healthJSON)
        )
        #expect(answer.code == 200)
        let time = Fixtures.wallNow.rfc3339
        let checks =
            #""checks":{"bellwether:descriptors":[{"componentId":"edge-1","componentType":"system","status":"warn","time":"\#(time)","#
            + #""output":"the agent has no descriptors left: all 40 descriptors for probes are in use"}],"bellwether:no_route":"#
            + #"[{"componentId":"edge-1","componentType":"system","status":"warn","time":"\#(time)","#
            + #""output":"the agent has no route to anywhere: 10.0.0.1:80 could not be tried"}],"api:responseTime":"#
        #expect(answer.text.hasPrefix(#"{"status":"pass","#), "\(answer.text)")
        #expect(answer.text.contains(checks), "\(answer.text)")
        let other = try #require(
            StatusView(Fixtures.healthy, at: Fixtures.now).answer(about: .aggregate, in: .healthJSON)
        )
        #expect(!other.text.contains("bellwether:"))
    }

    @Test("each problem has a series, 1 while it is there, and the metrics count what it cost")
    func metrics() {
        let lines = StatusView(Self.snapshot, at: Fixtures.now).metrics().text.split(separator: "\n")
            .filter { $0.hasPrefix("bellwether_internal_") }
        #expect(
            lines == [
                #"bellwether_internal_problem{problem="descriptors"} 1"#,
                #"bellwether_internal_problem{problem="processes"} 0"#,
                #"bellwether_internal_problem{problem="loop_late"} 0"#,
                #"bellwether_internal_problem{problem="name_service"} 0"#,
                #"bellwether_internal_problem{problem="no_route"} 1"#,
                #"bellwether_internal_problem{problem="other"} 0"#,
                #"bellwether_internal_problem{problem="state"} 0"#,
                "bellwether_internal_failures_total 3",
            ]
        )
    }
}
