// SPDX-License-Identifier: Apache-2.0

import HealthModel
import HealthServer
import LinuxRuntime
import Logging
import Synchronization

/// Hands what the probe loop says to the server, the log and the service manager.
final class AgentReports: ProbeLoopReports {
    private let server: HealthServer
    private let manager: ServiceManager
    private let logger: Logger
    private let pace = Mutex(LogPace())

    init(server: HealthServer, manager: ServiceManager, logger: Logger) {
        self.server = server
        self.manager = manager
        self.logger = logger
    }

    func publish(_ snapshot: HealthSnapshot) {
        server.publish(snapshot)
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
            manager.status(aggregate.reason)
        case .target(let target):
            guard admitted else { return }
            logger.log(
                level: target.newStatus == .unhealthy ? .warning : .notice,
                "the target is \(target.newStatus.rawValue)",
                metadata: [
                    "target": "\(target.endpoint)", "was": "\(target.oldStatus.rawValue)",
                    "breaker": "\(target.newState.rawValue)", "reason": "\(target.reason)",
                ]
            )
        }
    }
}
