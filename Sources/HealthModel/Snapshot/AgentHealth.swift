// SPDX-License-Identifier: Apache-2.0

/// The agent's own condition, as it is shown beside the targets.
package struct AgentHealth: Hashable, Sendable {
    /// The agent's name, the host's when none was given.
    package var name: String
    package var version: String
    package var startedAt: WallTime
    /// How late probes started, against their due time.
    package var lateness: Histogram
    /// Probes that are running now.
    package var probesInFlight: Int
    /// Outcomes with reason `internal`, since the start.
    package var internalFailures: UInt64
    /// What is wrong with the agent itself, each problem once, in the order of `InternalProblem`; empty when nothing is.
    package var problems: [AgentProblem]
    /// The places that scripts share; nil where no scripts can run.
    package var scripts: BulkheadHealth?
    /// Which configuration is in force; nil where none was read.
    package var configuration: ConfigurationState?

    package init(
        name: String,
        version: String,
        startedAt: WallTime,
        lateness: Histogram = Histogram(),
        probesInFlight: Int = 0,
        internalFailures: UInt64 = 0,
        problems: [AgentProblem] = [],
        scripts: BulkheadHealth? = nil,
        configuration: ConfigurationState? = nil
    ) {
        self.name = name
        self.version = version
        self.startedAt = startedAt
        self.lateness = lateness
        self.probesInFlight = probesInFlight
        self.internalFailures = internalFailures
        self.problems = problems
        self.scripts = scripts
        self.configuration = configuration
    }

    /// The problems as one line each.
    package var troubles: [String] { problems.map { "the agent \($0.problem.summary): \($0.message)" } }
}
