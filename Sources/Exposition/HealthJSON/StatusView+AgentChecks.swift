// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// The checks of `/health` that are about the agent itself: one for each problem it has now, `bellwether:no_route`.
    ///
    /// Each warns and none fails: what the agent cannot tell is no verdict about a target, so the status of the whole is not
    /// theirs to change.
    var agentChecks: [JSONValue.Member] {
        snapshot.agent.problems.map { problem in
            JSONValue.Member(
                name: "bellwether:\(problem.problem.rawValue)",
                value: .array([
                    .members([
                        "componentId": .string(snapshot.agent.name),
                        "componentType": .string("system"),
                        "status": .string("warn"),
                        "time": .string(problem.since.rfc3339),
                        "output": .string("the agent \(problem.problem.summary): \(problem.message)"),
                    ])
                ])
            )
        }
    }
}
