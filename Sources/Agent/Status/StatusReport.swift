// SPDX-License-Identifier: Apache-2.0

/// What `bellwether status` prints, of everything or of one target; pure.
struct StatusReport {
    /// The most errors of a configuration that are listed.
    private static let mostErrors = 5

    private let document: StatusDocument
    private let target: StatusDocument.Target?

    /// nil when the document has no such target.
    init?(_ document: StatusDocument, target: String?) {
        self.document = document
        guard let target else {
            self.target = nil
            return
        }
        guard let found = document.targets?.first(where: { $0.name == target }) else { return nil }
        self.target = found
    }

    /// The status that decides the exit code.
    var status: CommandStatus {
        switch target?.status ?? document.aggregate.status {
        case "healthy": .healthy
        case "degraded": .degraded
        case "unhealthy", "stale": .unhealthy
        default: .unknown
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
        return "\(word): " + (target?.why ?? document.aggregate.why ?? document.aggregate.status)
    }

    /// Columns for people: the aggregate with its reason, then the targets, worst first.
    var table: String {
        if let target { return Self.table(of: [target]) + "\n" + target.why }
        let aggregate = document.aggregate
        var text = "\(aggregate.status) since \(aggregate.since)"
        if let why = aggregate.why { text += "\n\(why)" }
        if let change = aggregate.change { text += "\nwould change with: \(change)" }
        text += (document.agent?.configuration).map(Self.lines) ?? ""
        guard let targets = document.targets, !targets.isEmpty else { return text }
        let sorted = targets.sorted { (Self.rank($0.status), $0.name) < (Self.rank($1.status), $1.name) }
        return text + "\n\n" + Self.table(of: sorted)
    }

    /// What people must know of the configuration, each line begun by a line end.
    private static func lines(of configuration: StatusDocument.Configuration) -> String {
        var lines: [String] = []
        if !configuration.isValid {
            let count = configuration.errorCount ?? 0
            let errors = "\(count) \(count == 1 ? "error" : "errors")"
            lines.append(
                "the configuration read at \(configuration.refusedAt ?? "?") is refused (\(errors)), an older one is in force:"
            )
            let shown = (configuration.errors ?? []).prefix(mostErrors)
            lines += shown.map { "  " + $0 }
            if count > shown.count { lines.append("  and \(count - shown.count) more: bellwether check") }
        }
        if let reason = configuration.looksBecause {
            lines.append("changed files are found by looking for them every few seconds: \(reason)")
        }
        return lines.map { "\n" + $0 }.joined()
    }

    private static func rank(_ status: String) -> Int {
        ["unhealthy", "stale", "starting", "degraded", "healthy"].firstIndex(of: status) ?? 0
    }

    private static func table(of targets: [StatusDocument.Target]) -> String {
        let heading = ["TARGET", "KIND", "STATUS", "BREAKER", "IMPACT", "LAST OUTCOME"]
        let rows =
            [heading]
            + targets.map { target in
                [
                    target.name, target.kind, target.status, target.breaker.state, target.impact,
                    target.outcome.map { ($0.reason.map { "\($0): " } ?? "") + $0.message } ?? "none yet",
                ]
            }
        let widths = heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { column, cell in
                column == row.count - 1 ? cell.0 : cell.0 + String(repeating: " ", count: cell.1 - cell.0.count)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
