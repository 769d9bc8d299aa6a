// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Logging
import ProbeConfig

/// Takes a configuration that was read again over, or refuses it; on any error nothing changes.
///
/// Listeners and the agent's own settings are those of the start; the probes, the groups and the aggregate's policy change. Used by one
/// thread.
final class ConfigurationReload {
    /// Hands a command to the probe loop; false when it does not get there.
    typealias Delivery = @Sendable (ProbeLoopCommand) -> Bool

    /// Where the configuration is; the file that it began with must stay there.
    let location: ConfigurationLocation
    /// The agent's settings of the start.
    private let settings: AgentSettings
    private let facts: OwnFacts
    private let logger: Logger
    private let deliver: Delivery
    /// The probes in force, and how the aggregate is made of them.
    private(set) var specs: [ProbeSpec]
    private var aggregate: AggregateSettings
    /// Warnings and errors that the log knows already.
    private var warnings: Set<String>
    private var refused: [String] = []

    init(_ accepted: AcceptedConfiguration, facts: OwnFacts, logger: Logger, deliver: @escaping Delivery) {
        location = accepted.location.pinned(to: accepted.sources)
        settings = accepted.configuration.agent
        specs = accepted.configuration.probes
        aggregate = accepted.configuration.agent.aggregate
        warnings = Set(accepted.warnings.lines)
        self.facts = facts
        self.logger = logger
        self.deliver = deliver
    }

    /// Takes what was read over, and answers those who wait once the probe loop has it.
    ///
    /// - Parameters:
    ///   - reading: what was read.
    ///   - folder: where its probe files are.
    ///   - waiting: who waits for it.
    ///   - isAsked: whether somebody wants it. Otherwise a file changed; then a folder in which no probe is left is taken for an
    ///     accident, such as a file system that is not mounted, and nothing is logged twice.
    func take(_ reading: ConfigurationReading, from folder: String, for waiting: [AdminReply], isAsked: Bool) {
        switch reading {
        case .rejected(let report): refuse(report, waiting, isAsked: isAsked)
        case .accepted(let accepted):
            if !isAsked, accepted.configuration.probes.isEmpty, !specs.isEmpty {
                return refuse(Self.emptied(folder, accepted), waiting, isAsked: isAsked)
            }
            take(accepted, waiting, isAsked: isAsked)
        }
    }

    private func refuse(_ report: DiagnosticReport, _ waiting: [AdminReply], isAsked: Bool) {
        let lines = report.lines
        tell(facts.rejected(lines))
        if isAsked || lines != refused {
            logger.error("the new configuration is refused, the old one stays in force")
            for line in lines { logger.error("\(line)") }
        }
        refused = lines
        let diagnostics = report.diagnostics.map(ReportedDiagnostic.init)
        for reply in waiting { reply.answer(.refused(.configuration(diagnostics))) }
    }

    private func take(_ accepted: AcceptedConfiguration, _ waiting: [AdminReply], isAsked: Bool) {
        let new = accepted.configuration
        // Most of what is read again is as it was, and one copy of that is enough: a kilobyte for each HTTP probe.
        let old = Dictionary(uniqueKeysWithValues: specs.map { ($0.name, $0) })
        let probes = new.probes.map { spec in old[spec.name].map { $0 == spec ? $0 : spec } ?? spec }
        let report = ReloadReport(
            from: specs,
            to: probes,
            needsRestart: isRestartNeeded(for: new.agent),
            warnings: accepted.warnings.diagnostics.map(ReportedDiagnostic.init)
        )
        let isChange = probes != specs || new.agent.aggregate != aggregate
        if isChange || !waiting.isEmpty {
            let all = AdminReply { result in
                for reply in waiting { reply.answer(result) }
            }
            let answer = ReloadAnswer(report: report, reply: all)
            guard deliver(.replace(probes, new.agent.aggregate, answer)) else {
                all.answer(.refused(.unavailable("the probe loop takes no probes now")))
                return logger.error("the new configuration cannot be handed over, the old one stays in force")
            }
        }
        if isChange { (specs, aggregate) = (probes, new.agent.aggregate) }
        tell(facts.accepted())
        log(report, accepted.warnings.lines, isWorthIt: isAsked || isChange || !refused.isEmpty)
        refused = []
    }

    private func log(_ report: ReloadReport, _ lines: [String], isWorthIt: Bool) {
        for line in lines where isWorthIt || !warnings.contains(line) { logger.warning("\(line)") }
        for line in warnings.subtracting(lines).sorted() { logger.info("no longer: \(line)") }
        warnings = Set(lines)
        logger.log(
            level: isWorthIt ? .info : .debug,
            "configuration read again",
            metadata: [
                "targets": "\(specs.count)", "added": "\(report.added.count)", "changed": "\(report.changed.count)",
                "removed": "\(report.removed.count)",
            ]
        )
        if isWorthIt, report.needsRestart {
            logger.warning("settings besides the probes changed; they take a restart")
        }
    }

    /// Notes how changes of the files are noticed.
    func note(_ noticing: ConfigurationState.Noticing) {
        tell(facts.noticing(noticing))
    }

    private func tell(_ state: ConfigurationState) {
        // What is not told now is told with the next change.
        _ = deliver(.configuration(state))
    }

    /// Whether anything changed that is not taken over.
    private func isRestartNeeded(for new: AgentSettings) -> Bool {
        var new = new
        new.aggregate = settings.aggregate
        new.probesDirectory = settings.probesDirectory
        return new != settings
    }

    private static func emptied(_ folder: String, _ accepted: AcceptedConfiguration) -> DiagnosticReport {
        let diagnostic = Diagnostic(
            severity: .error,
            location: FileLocation(path: folder, position: nil),
            keyPath: "probes",
            message: "no file defines a probe any more; if that is meant, say so with `bellwether reload`"
        )
        return DiagnosticReport([diagnostic], sources: accepted.sources)
    }
}

/// What is answered once a list of probes is in force.
package struct ReloadAnswer: Sendable {
    let report: ReloadReport
    let reply: AdminReply

    func give() { reply.answer(.reloaded(report)) }
}

extension ConfigurationLocation {
    /// The same place, for good: an agent that began with the installed file does not go on with built-in settings because an editor
    /// has moved that away for a moment.
    fileprivate func pinned(to sources: [ConfigurationSource]) -> ConfigurationLocation {
        var pinned = self
        if sources.contains(where: { $0.path == Self.installedFile }) {
            pinned.configurationFile = configurationFile ?? Self.installedFile
        }
        return pinned
    }
}
