// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What `bellwether status` prints, of everything, or of one target or group; pure.
struct StatusReport {
    /// What it is about.
    enum Subject {
        case everything
        case target(StatusDocument.Target)
        case group(StatusDocument.Group)
    }

    /// The most errors of a configuration that are listed.
    private static let mostErrors = 5

    let subject: Subject
    private let document: StatusDocument

    /// nil when the document has neither a target nor a group of this name; no target is called like a group.
    init?(_ document: StatusDocument, target name: String?) {
        self.document = document
        if let name {
            if let found = document.targets?.first(where: { $0.name == name }) {
                subject = .target(found)
            } else if let found = document.groups?.first(where: { $0.name == name }) {
                subject = .group(found)
            } else {
                return nil
            }
        } else {
            subject = .everything
        }
    }

    /// The status that decides the exit code.
    var status: CommandStatus {
        switch Self.verdict(word) {
        case .healthy: .healthy
        case .degraded: .degraded
        case .unhealthy: .unhealthy
        case .unknown: .unknown
        }
    }

    /// One line in the form of a Nagios plugin's.
    var nagiosLine: String {
        let word =
            switch status {
            case .healthy: "OK"
            case .degraded: "WARNING"
            case .unhealthy: "CRITICAL"
            default: "UNKNOWN"
            }
        return StatusLine("\(word): \(why)").plain
    }

    /// Columns for people: the aggregate with its reason, the groups, then the targets, worst first; without colours.
    var table: String { lines.map(\.plain).joined(separator: "\n") }

    /// The same, line by line.
    var lines: [StatusLine] {
        switch subject {
        case .target(let target): return Self.table(of: [target]) + [StatusLine(target.why)]
        case .group(let group):
            let members = document.targets?.filter { group.members.contains($0.name) } ?? []
            return Self.table(of: [group]) + (members.isEmpty ? [] : [StatusLine()] + Self.table(of: members))
        case .everything:
            let groups = document.groups ?? []
            let targets = document.targets ?? []
            return aggregateLines
                + (groups.isEmpty ? [] : [StatusLine()] + Self.table(of: groups))
                + (targets.isEmpty ? [] : [StatusLine()] + Self.table(of: targets))
        }
    }

    private var word: String {
        switch subject {
        case .everything: document.aggregate.status
        case .target(let target): target.status
        case .group(let group): group.status
        }
    }

    private var why: String {
        switch subject {
        case .everything: document.aggregate.why ?? document.aggregate.status
        case .target(let target): target.why
        case .group(let group): group.why
        }
    }

    private var aggregateLines: [StatusLine] {
        let aggregate = document.aggregate
        var first = StatusLine()
        first.append(aggregate.status, Self.verdict(aggregate.status))
        first.append(" since \(aggregate.since)")
        var lines = [first]
        if let why = aggregate.why { lines.append(StatusLine(why)) }
        if let change = aggregate.change { lines.append(StatusLine("would change with: \(change)")) }
        for window in document.maintenance ?? [] {
            let until = window.until.map { " until \($0)" } ?? ""
            let reason = window.reason.map { ": \($0)" } ?? ""
            lines.append(StatusLine("maintenance \(window.id)\(until)\(reason)"))
        }
        if let configuration = document.agent?.configuration { lines += Self.lines(of: configuration) }
        return lines
    }

    private static func table(of groups: [StatusDocument.Group]) -> [StatusLine] {
        var table = StatusTable("GROUP", "STATUS", "IMPACT", "PASSING", "WHY")
        for group in groups.sorted(by: { (rank($0.status), $0.name) < (rank($1.status), $1.name) }) {
            table.add([
                (group.name, nil),
                (group.status + (group.counts ? "" : " (counts for nothing)"), verdict(group.status)),
                (group.impact, nil), ("\(group.passing) of \(group.counted), needs \(group.needed)", nil),
                (group.why, nil),
            ])
        }
        return table.lines
    }

    private static func table(of targets: [StatusDocument.Target]) -> [StatusLine] {
        var table = StatusTable("TARGET", "KIND", "STATUS", "BREAKER", "IMPACT", "LAST OUTCOME")
        for target in targets.sorted(by: { (rank($0.status), $0.name) < (rank($1.status), $1.name) }) {
            let outcome = target.outcome.map { ($0.reason.map { "\($0): " } ?? "") + $0.message }
            table.add([
                (target.name, nil), (target.kind, nil), (target.status + marks(of: target), verdict(target.status)),
                (target.breaker.state + (target.breaker.forced == nil ? "" : " (forced)"), nil), (target.impact, nil),
                (outcome ?? "none yet", nil),
            ])
        }
        return table.lines
    }

    /// What a status is to be taken with: that it counts for nothing now, and that no probe of this run has confirmed it.
    private static func marks(of target: StatusDocument.Target) -> String {
        let marks = [
            target.maintenance == nil ? nil : "maintenance", target.restored == true ? "restored" : nil,
        ].compactMap(\.self)
        return marks.isEmpty ? "" : " (\(marks.joined(separator: ", ")))"
    }

    /// What people must know of the configuration.
    private static func lines(of configuration: StatusDocument.Configuration) -> [StatusLine] {
        var lines: [StatusLine] = []
        if !configuration.isValid {
            let count = configuration.errorCount ?? 0
            var line = StatusLine("the configuration read at \(configuration.refusedAt ?? "?") is ")
            line.append("refused", .unhealthy)
            line.append(" (\(count) \(count == 1 ? "error" : "errors")), an older one is in force:")
            lines.append(line)
            let shown = (configuration.errors ?? []).prefix(mostErrors)
            lines += shown.map { StatusLine("  " + $0) }
            if count > shown.count { lines.append(StatusLine("  and \(count - shown.count) more: bellwether check")) }
        }
        if let reason = configuration.looksBecause {
            lines.append(StatusLine("changed files are found by looking for them every few seconds: \(reason)"))
        }
        return lines
    }

    private static func rank(_ status: String) -> Int {
        ["unhealthy", "stale", "starting", "degraded", "healthy"].firstIndex(of: status) ?? 0
    }

    private static func verdict(_ status: String) -> Verdict {
        switch status {
        case "healthy": .healthy
        case "degraded": .degraded
        case "unhealthy", "stale": .unhealthy
        default: .unknown
        }
    }
}
