// SPDX-License-Identifier: Apache-2.0

import ProbeConfig

/// What reading the configuration gave.
enum ConfigurationReading {
    case accepted(AcceptedConfiguration)
    case rejected(DiagnosticReport)
}

/// A configuration without errors.
struct AcceptedConfiguration {
    let configuration: Configuration
    let location: ConfigurationLocation
    /// The files as they were read.
    var sources: [ConfigurationSource] { (main.map { [$0] } ?? []) + probeFiles }
    /// The configuration file; nil when there is none.
    let main: ConfigurationSource?
    /// The files of the probes folder.
    let probeFiles: [ConfigurationSource]
    /// Files that probes name and that could not be read just now.
    let missing: [Diagnostic]

    /// What looks wrong but is legal, for people.
    var warnings: DiagnosticReport { DiagnosticReport(configuration.warnings + missing, sources: sources) }
}

/// Diagnostics with the lines they are about.
struct DiagnosticReport {
    let diagnostics: [Diagnostic]
    private let sources: [ConfigurationSource]

    init(_ diagnostics: [Diagnostic], sources: [ConfigurationSource]) {
        self.diagnostics = diagnostics
        self.sources = sources
    }

    /// The compiler's form, each with its line and a caret.
    var text: String { diagnostics.render(sources: sources) }

    /// One line each, for a log.
    var lines: [String] {
        diagnostics.map { $0.render(sourceLine: nil).trimmingLineEnd }
    }
}

extension String {
    fileprivate var trimmingLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
