// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Logging
import ProbeConfig

/// Reads the configuration again and has the probe loop take it over; on any error nothing changes.
///
/// Listeners and the agent's own settings are those of the start; the probes, the groups and the aggregate's policy change. Used by the main thread only.
final class ConfigurationReload {
    private let location: ConfigurationLocation
    /// The agent's settings of the start.
    private let settings: AgentSettings
    private let logger: Logger
    private let send: AsyncStream<ProbeLoopCommand>.Continuation
    /// The probes in force.
    private var specs: [ProbeSpec]

    init(_ accepted: AcceptedConfiguration, logger: Logger, send: AsyncStream<ProbeLoopCommand>.Continuation) {
        location = accepted.location
        settings = accepted.configuration.agent
        specs = accepted.configuration.probes
        self.logger = logger
        self.send = send
    }

    /// Reloads, and answers those who wait for it once the probe loop has taken the probes over.
    func reload(for waiting: [AdminReply]) {
        switch ConfigurationReader(files: SystemFiles()).read(location) {
        case .rejected(let report):
            logger.error("the new configuration is refused, the old one stays in force")
            for line in report.lines { logger.error("\(line)") }
            let diagnostics = report.diagnostics.map(ReportedDiagnostic.init)
            for reply in waiting { reply.answer(.refused(.configuration(diagnostics))) }
        case .accepted(let accepted):
            for warning in accepted.warnings.lines { logger.warning("\(warning)") }
            let report = ReloadReport(
                from: specs,
                to: accepted.configuration.probes,
                needsRestart: isRestartNeeded(for: accepted.configuration.agent),
                warnings: accepted.warnings.diagnostics.map(ReportedDiagnostic.init)
            )
            specs = accepted.configuration.probes
            let all = AdminReply { result in
                for reply in waiting { reply.answer(result) }
            }
            send.yield(.replace(specs, accepted.configuration.agent.aggregate, ReloadAnswer(report: report, reply: all)))
            logger.info(
                "configuration read again",
                metadata: [
                    "targets": "\(specs.count)", "added": "\(report.added.count)", "changed": "\(report.changed.count)",
                    "removed": "\(report.removed.count)",
                ]
            )
            if report.needsRestart { logger.warning("settings besides the probes changed; they take a restart") }
        }
    }

    /// Whether anything changed that is not taken over.
    private func isRestartNeeded(for new: AgentSettings) -> Bool {
        var new = new
        new.aggregate = settings.aggregate
        return new != settings
    }
}

/// What is answered once a list of probes is in force.
package struct ReloadAnswer: Sendable {
    let report: ReloadReport
    let reply: AdminReply

    func give() { reply.answer(.reloaded(report)) }
}
