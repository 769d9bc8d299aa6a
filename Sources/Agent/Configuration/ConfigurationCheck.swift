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
    private let explained: String?

    /// - Parameters:
    ///   - location: where the configuration is.
    ///   - format: how to print.
    ///   - explained: the probe to explain once nothing is wrong; nil = none.
    package init(location: ConfigurationLocation, format: CheckFormat, explained: String? = nil) {
        self.location = location
        self.format = format
        self.explained = explained
    }

    /// Checks and prints: diagnostics on standard error, or as JSON on standard output.
    package func run() -> CommandStatus {
        let reader = ConfigurationReader(files: SystemFiles())
        switch reader.read(location) {
        case .rejected(let report):
            if format == .json { StandardOutput.print(report.json) } else { StandardError.print(report.text) }
            return .configuration
        case .accepted(let accepted):
            if let explained { return explain(explained, accepted, reader) }
            if format == .json {
                StandardOutput.print(accepted.warnings.json)
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

    private func explain(
        _ name: String,
        _ accepted: AcceptedConfiguration,
        _ reader: ConfigurationReader
    ) -> CommandStatus {
        do throws(ProbeExplanation.Unknown) {
            let explanation = try reader.explanation(of: name, in: accepted)
            let text = format == .json ? JSONText.make(ExplanationEntry(explanation)) : explanation.text
            StandardOutput.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
            return .healthy
        } catch {
            StandardError.print("bellwether: \(error.message)")
            return .usage
        }
    }
}

extension DiagnosticReport {
    /// An array of objects, for programs.
    var json: String { JSONText.make(diagnostics.map(DiagnosticEntry.init)) }
}

/// JSON for programs and for people who look at it: members sorted, a line each.
enum JSONText {
    static func make(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return "null" }
        return String(decoding: data, as: UTF8.self)
    }
}
