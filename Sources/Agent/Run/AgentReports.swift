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

    init(server: HealthServer, service: ServiceSupervision, logger: Logger) {
        self.server = server
        self.service = service
        self.logger = logger
    }

    func publish(_ snapshot: HealthSnapshot) {
        server.publish(snapshot)
        service.publish(snapshot)
    }

    func alive(at now: MonotonicInstant) {
        server.heartbeat.beat(at: now)
    }

    func changed(_ change: HealthChange) {
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
