// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// Adds the series about what the agent itself lacks.
    func writeProblems(of agent: AgentHealth, to text: inout MetricsText) {
        text.begin(
            "bellwether_internal_problem",
            .gauge,
            "1 while the agent itself lacks this, so that some probes say nothing about their targets."
        )
        for problem in InternalProblem.allCases {
            let isThere = agent.problems.contains { $0.problem == problem }
            text.sample(MetricsText.Labels(["problem": problem.rawValue]), isThere ? 1 : 0)
        }
        text.begin("bellwether_internal_failures_total", .counter, "Probes that failed through the agent's own fault.")
        text.sample(.none, agent.internalFailures)
    }
}
