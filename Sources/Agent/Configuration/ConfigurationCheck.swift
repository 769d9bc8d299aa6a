// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import LinuxRuntime
import ProbeConfig

/// How `bellwether check` prints.
package enum CheckFormat: String, CaseIterable, Sendable {
    /// The compiler's form, for people and editors.
    case text
    /// An array of objects, for programs.
    case json
}

/// `bellwether check`: reads the configuration as a start would, and says everything that is wrong with it.
package struct ConfigurationCheck {
    private let location: ConfigurationLocation
    private let format: CheckFormat

    package init(location: ConfigurationLocation, format: CheckFormat) {
        self.location = location
        self.format = format
    }

    /// Checks and prints: diagnostics on standard error, or as JSON on standard output.
    package func run() -> CommandStatus {
        switch ConfigurationReader(files: SystemFiles()).read(location) {
        case .rejected(let report):
            if format == .json { StandardOutput.print(Self.json(report)) } else { StandardError.print(report.text) }
            return .configuration
        case .accepted(let accepted):
            if format == .json {
                StandardOutput.print(Self.json(accepted.warnings))
                return .healthy
            }
            if !accepted.warnings.diagnostics.isEmpty { StandardError.print(accepted.warnings.text) }
            let probes = accepted.configuration.probes.count
            let files = accepted.sources.count
            let inFiles = "in \(files) \(files == 1 ? "file" : "files")"
            StandardOutput.print("\(probes) \(probes == 1 ? "probe" : "probes") \(inFiles), no errors")
            return .healthy
        }
    }

    private static func json(_ report: DiagnosticReport) -> String {
        let entries = report.diagnostics.map(Entry.init)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(entries) else { return "[]" }
        return String(decoding: data, as: UTF8.self)
    }

    private struct Entry: Encodable {
        var severity: String
        var file: String
        var line: Int?
        var column: Int?
        var key: String
        var message: String

        init(_ diagnostic: Diagnostic) {
            severity = diagnostic.severity.rawValue
            file = diagnostic.location.path
            line = diagnostic.location.line
            column = diagnostic.location.column
            key = diagnostic.keyPath
            message = diagnostic.message
        }
    }
}
