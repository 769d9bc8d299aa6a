// SPDX-License-Identifier: Apache-2.0

/// Something that the agent or its machine lacks, so that a probe says nothing about its target, or a restart forgets.
///
/// Every failure with reason `internal` is due to one of these but ``state``. No target moves because of it; the agent itself says so.
package enum InternalProblem: String, CaseIterable, Hashable, Sendable {
    /// No descriptor was left, in the budget for probes or in the whole process or system.
    case descriptors
    /// No process or thread could be made.
    case processes
    /// The probe loop was late, so that a timeout proves nothing.
    case lateness = "loop_late"
    /// The name service answers for no name at all, or no look-up could be made.
    case nameService = "name_service"
    /// No route leads off this machine.
    case route = "no_route"
    /// Anything else, named by its message.
    case other
    /// What is to survive a restart cannot be written; no probe fails because of that.
    case state

    /// The problem in a few words, to follow `the agent`.
    package var summary: String {
        switch self {
        case .descriptors: "has no descriptors left"
        case .processes: "cannot start processes"
        case .lateness: "is late"
        case .nameService: "gets no names resolved"
        case .route: "has no route to anywhere"
        case .other: "cannot run some probes"
        case .state: "keeps its state in memory only"
        }
    }
}

/// An ``InternalProblem`` that the agent has now.
package struct AgentProblem: Hashable, Sendable {
    package var problem: InternalProblem
    /// When it was first seen.
    package var since: WallTime
    /// One line for people: what was seen last of it.
    package var message: String

    package init(_ problem: InternalProblem, since: WallTime, message: String) {
        self.problem = problem
        self.since = since
        self.message = message
    }
}
