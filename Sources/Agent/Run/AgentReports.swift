// SPDX-License-Identifier: Apache-2.0

import HealthModel
import HealthServer
import Logging
import Synchronization

/// Hands what the probe loop says to the server, the log and the service manager.
final class AgentReports: ProbeLoopReports {
    private let server: HealthServer
    private let service: ServiceSupervision
    private let logger: Logger
    private let pace = Mutex(LogPace())
    /// What the agent itself lacked when that was last logged.
    private let problems = Mutex<[AgentProblem]>([])

    init(server: HealthServer, service: ServiceSupervision, logger: Logger) {
        self.server = server
        self.service = service
        self.logger = logger
    }

    func publish(_ snapshot: HealthSnapshot) {
        server.publish(snapshot)
        service.publish(snapshot)
        log(snapshot.agent.problems, at: snapshot.takenAtWallTime)
    }

    /// Logs what the agent lacks when that begins and when it ends, and nothing for the probes in between.
    private func log(_ now: [AgentProblem], at time: WallTime) {
        let before = problems.withLock { known in
            defer { known = now }
            return known
        }
        guard before != now else { return }
        for problem in now where !before.contains(where: { $0.problem == problem.problem }) {
            logger.error(
                "the agent \(problem.problem.summary)",
                metadata: ["problem": "\(problem.problem.rawValue)", "what": "\(problem.message)"]
            )
        }
        for problem in before where !now.contains(where: { $0.problem == problem.problem }) {
            let duration = Duration.nanoseconds(time.nanosecondsSinceEpoch - problem.since.nanosecondsSinceEpoch)
            logger.notice(
                "the agent is rid of a problem",
                metadata: ["problem": "\(problem.problem.rawValue)", "after": "\(duration.readable)"]
            )
        }
    }

    func files(_ change: FileProblemChange) {
        switch change {
        case .began(let problem): logger.error("a file for TLS cannot be used", metadata: ["what": "\(problem)"])
        case .ended(let problem): logger.notice("a file for TLS can be used again", metadata: ["was": "\(problem)"])
        }
    }

    func alive(at now: MonotonicInstant) {
        server.heartbeat.beat(at: now)
    }

    func changed(_ change: HealthChange) {
        server.publish(change)
        let (admitted, suppressed) = pace.withLock { $0.admit(at: change.moment.instant) }
        if suppressed > 0 {
            logger.warning("changes were not logged, there were too many", metadata: ["count": "\(suppressed)"])
        }
        switch change.event {
        case .aggregate(let aggregate):
            // Never suppressed: it is what the agent is for.
            logger.log(
                level: aggregate.newStatus == .unhealthy ? .error : .notice,
                "the aggregate is \(aggregate.newStatus.rawValue)",
                metadata: ["was": "\(aggregate.oldStatus.rawValue)", "why": "\(aggregate.reason)"]
            )
        case .target(let target):
            guard admitted else { return }
            var metadata: Logger.Metadata = [
                "target": "\(target.endpoint)", "was": "\(target.oldStatus.rawValue)",
                "breaker": "\(target.newState.rawValue)", "reason": "\(target.reason)",
            ]
            if !target.attributedTo.isEmpty {
                metadata["attributed_to"] = "\(target.attributedTo.map(\.text).joined(separator: ", "))"
            }
            if target.isInMaintenance { metadata["in_maintenance"] = "true" }
            // A breaker that half-opens says nothing new of its target.
            let message: Logger.Message =
                target.newStatus == target.oldStatus
                ? "the breaker is \(target.newState.rawValue)" : "the target is \(target.newStatus.rawValue)"
            logger.log(level: Self.level(of: target), message, metadata: metadata)
        case .group(let group):
            logger.log(
                level: group.newStatus == .unhealthy ? .warning : .notice,
                "the group is \(group.newStatus.rawValue)",
                metadata: ["group": "\(group.group)", "was": "\(group.oldStatus.rawValue)", "why": "\(group.reason)"]
            )
        case .maintenance(let change):
            guard admitted else { return }
            let until = change.maintenance?.until.map { "until \($0.rfc3339)" } ?? "until further notice"
            logger.notice(
                change.maintenance == nil ? "the target counts again" : "the target is in maintenance \(until)",
                metadata: [
                    "target": "\(change.target)", "reason": "\(change.maintenance?.reason ?? "maintenance is over")",
                ]
            )
        }
    }

    /// A warning for a target that is down, unless another one is to blame or nobody wants to hear of it.
    private static func level(of change: StatusChange) -> Logger.Level {
        if change.isInMaintenance || !change.attributedTo.isEmpty { return .info }
        return change.newStatus == .unhealthy && change.oldStatus != .unhealthy ? .warning : .notice
    }
}
