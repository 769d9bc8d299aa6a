// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Reads the end of a script: pure, the same for the same ending.
struct ScriptJudgement {
    let probe: ScriptProbe
    /// The time that the program had.
    let timeLimit: Duration
    /// How long it had to wait for a place before.
    var waited = Duration.zero

    /// The outcome of a run that came to an end.
    func outcome(of ending: ScriptEnding, startedAt: MonotonicInstant) -> Outcome {
        let text = PrintableText.of(ending.output.bytes, isCut: ending.output.isCut, limit: probe.maximumOutputBytes)
        let errors = PrintableText.of(ending.errorOutput.bytes, isCut: ending.errorOutput.isCut, limit: 4_096)
        // As Nagios does: standard error stands in for an output that is not there.
        let shown = text.contains { !$0.isWhitespace } ? text : errors
        var observed = Observed(output: shown.isEmpty ? nil : shown)
        if probe.exitProtocol == .nagios {
            observed.performanceData = PerformanceData.parse(text, isCut: ending.output.isCut)
        }
        let summary = firstLine(of: shown)
        let judged = judge(ending.cause, summary: summary, observed: &observed)
        return Outcome(
            verdict: judged.verdict,
            layer: judged.layer,
            failure: judged.failure.map { failure in
                var failure = failure
                failure.evidence.excerpt = shown.isEmpty ? nil : String(shown.prefix(Self.excerptLength))
                return failure
            },
            startedAt: startedAt,
            duration: startedAt.duration(to: ending.endedAt),
            observed: observed
        )
    }

    /// The outcome of a run that did not begin.
    func outcome(of obstacle: ScriptObstacle, startedAt: MonotonicInstant, endedAt: MonotonicInstant) -> Outcome {
        let verdict: Verdict
        let layer: Layer
        let failure: Failure
        switch obstacle {
        case .program(let message, let error):
            (verdict, layer) = (.unhealthy, .l7Response)
            failure = Failure(.execSpawn, message, evidence: Evidence(systemError: error))
        case .ours(let message, let error, let problem):
            (verdict, layer) = (.unknown, .l7Response)
            failure = Failure(.internal, message, evidence: Evidence(systemError: error, problem: problem))
        case .stuck(let process):
            (verdict, layer) = (.unhealthy, .l7Timeout)
            failure = Failure(.execTimeout, "the last run (process \(process)) was killed and does not end")
        }
        let duration = startedAt.duration(to: endedAt)
        return Outcome(verdict: verdict, layer: layer, failure: failure, startedAt: startedAt, duration: duration)
    }

    private static let excerptLength = 200

    private typealias Judged = (verdict: Verdict, layer: Layer, failure: Failure?)

    private func judge(_ cause: ScriptEnding.Cause, summary: String, observed: inout Observed) -> Judged {
        switch cause {
        case .exit(let exit):
            observed.note(exit)
            return judge(exit, summary: summary)
        case .tooLate(let exit):
            observed.note(exit)
            return late(message: "not done in \(timeLimit.readable), ended when asked to")
        case .killed:
            return late(message: "not done in \(timeLimit.readable), killed")
        case .unwatched(let error):
            let message = "cannot watch the process: \(error.text)"
            return (.unknown, .l7Response, Failure(.internal, message, evidence: Evidence(systemError: error)))
        }
    }

    private func judge(_ exit: ProcessExit, summary: String) -> Judged {
        switch exit {
        case .code(0): return (.healthy, .l7OK, nil)
        case .code(let code):
            let message = summary.isEmpty ? "exit code \(code)" : "exit code \(code): \(summary)"
            return (verdict(of: code), .l7Status, Failure(.execExit, message))
        case .signal(let number):
            return (.unhealthy, .l7Response, Failure(.execSignal, "ended by \(SignalName.of(number))"))
        case .unknown:
            return (.unknown, .l7Response, Failure(.internal, "the exit status was lost"))
        }
    }

    /// A program that lost more than a tenth of its time to other scripts is not blamed for being late.
    private func late(message: String) -> Judged {
        guard waited * 10 > timeLimit + waited else {
            return (.unhealthy, .l7Timeout, Failure(.execTimeout, message))
        }
        let cause = "it had waited \(waited.readable) for other scripts"
        return (.unknown, .l7Timeout, Failure(.internal, "\(message), but \(cause)"))
    }

    /// Monitoring Plugins Development Guidelines, section 2.4; for the plain protocol every code but 0 is a failure.
    private func verdict(of code: Int) -> Verdict {
        switch (probe.exitProtocol, code) {
        case (.nagios, 1): .degraded
        case (.nagios, 2), (.exit, _): .unhealthy
        case (.nagios, _): .unknown
        }
    }

    /// The first line that says something, without performance data.
    private func firstLine(of text: String) -> String {
        let lines = text.split(separator: "\n").map { line in
            let end = probe.exitProtocol == .nagios ? line.firstIndex(of: "|") : nil
            return line[..<(end ?? line.endIndex)].trimmingSpaces()
        }
        return String((lines.first { !$0.isEmpty } ?? "").prefix(Self.excerptLength))
    }
}

extension Observed {
    fileprivate mutating func note(_ exit: ProcessExit) {
        switch exit {
        case .code(let code): exitCode = code
        case .signal(let number): signal = number
        case .unknown: return
        }
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        var text = drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
