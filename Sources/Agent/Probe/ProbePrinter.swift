// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Prints what `bellwether probe` finds, run by run.
struct ProbePrinter: Sendable {
    private let spec: ProbeSpec
    private let format: ProbeFormat
    /// Whether there is a line for each run and a summary, instead of one full report.
    private let isSeries: Bool

    init(_ spec: ProbeSpec, format: ProbeFormat, isSeries: Bool) {
        self.spec = spec
        self.format = format
        self.isSeries = isSeries
    }

    /// Prints one run; false when nobody reads any more.
    func print(_ number: Int, _ outcome: Outcome, at time: WallTime) -> Bool {
        let style = format == .text ? TerminalStyle.ofStandardOutput : .plain
        let report = OutcomeReport(spec: spec, outcome: outcome, time: time, style: style)
        switch format {
        case .json: return StandardOutput.print(report.json)
        case .text where isSeries: return StandardOutput.print(report.line(number))
        case .text: return StandardOutput.print(report.text)
        }
    }

    /// Prints what was said and heard in one run.
    func print(_ number: Int, _ trace: TraceReport) {
        let text = trace.text
        guard !text.isEmpty else { return }
        StandardError.print(isSeries ? "run \(number)\n\(text)" : text)
    }

    /// Prints what all runs came to.
    func close(_ summary: SeriesSummary) {
        StandardOutput.print(format == .json ? summary.json : summary.text(of: spec))
    }
}
