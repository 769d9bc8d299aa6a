// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import ProbeConfig

/// How `bellwether probe` prints.
package enum ProbeFormat: String, CaseIterable, Sendable {
    /// Aligned lines, for people.
    case text
    /// One object for each run.
    case json
}

/// `bellwether probe`: one probe now, with its phases; or the same again and again, as `ping` does.
///
/// Ctrl-C and SIGTERM end a run under way at once, with all that it started. What was said and heard goes to standard error,
/// everything else to standard output.
package struct SingleProbe {
    /// What is probed.
    package enum Subject: Hashable, Sendable {
        /// A probe of the configuration, by name.
        case configured(String, ConfigurationLocation)
        /// A probe that stands on the command line.
        case adHoc(AdHocProbe)
    }

    private let subject: Subject
    private let timeout: String?
    private let count: Int?
    private let interval: String?
    private let format: ProbeFormat
    private let traces: Bool

    /// - Parameters:
    ///   - subject: what is probed.
    ///   - timeout: as the configuration writes it; nil = the probe's own.
    ///   - count: how many times; nil = once, or without an end when there is an interval.
    ///   - interval: between two starts, as the configuration writes it; nil = one second.
    ///   - format: how to print.
    ///   - traces: whether the conversation is shown.
    package init(
        subject: Subject,
        timeout: String? = nil,
        count: Int? = nil,
        interval: String? = nil,
        format: ProbeFormat = .text,
        traces: Bool = false
    ) {
        self.subject = subject
        self.timeout = timeout
        self.count = count
        self.interval = interval
        self.format = format
        self.traces = traces
    }

    /// Probes and prints; gives the verdict, of several runs the worst, `unknown` when no run has ended.
    package func run() -> CommandStatus {
        do throws(ProbeRefusal) {
            let (spec, rules) = try self.spec()
            let repetition = try ProbeRepetition.read(count: count, interval: interval)
            let printer = ProbePrinter(spec, format: format, isSeries: repetition != nil)
            let summary: SeriesSummary
            do throws(SystemError) {
                // Before any other thread exists.
                let signals = try SignalWaiter()
                summary = try SeriesRun(spec, under: rules, repetition ?? .once, printer, traces: traces, signals)
                    .summary()
            } catch {
                throw ProbeRefusal(.software, "bellwether: cannot start: \(error)")
            }
            if repetition != nil { printer.close(summary) }
            guard let worst = summary.worst else {
                StandardError.print("bellwether: interrupted before the probe had ended")
                return .unknown
            }
            return CommandStatus(worst)
        } catch {
            StandardError.print(error.message)
            return error.status
        }
    }

    /// What is probed, and which addresses it may not connect to.
    private func spec() throws(ProbeRefusal) -> (ProbeSpec, AddressRules) {
        var (spec, rules) = try namedSpec()
        if let timeout {
            let allowed = Duration.milliseconds(1)...Duration.seconds(604_800)
            guard let duration = Duration(configurationText: timeout), allowed.contains(duration) else {
                throw ProbeRefusal(
                    .usage,
                    "bellwether: --timeout: \"\(timeout)\" is not a duration (use 500ms, 5s, 2m)"
                )
            }
            spec.timeout = duration
        }
        return (spec, rules)
    }

    private func namedSpec() throws(ProbeRefusal) -> (ProbeSpec, AddressRules) {
        switch subject {
        case .configured(let name, let location):
            switch ConfigurationReader(files: SystemFiles()).read(location) {
            case .rejected(let report): throw ProbeRefusal(.configuration, report.text)
            case .accepted(let accepted):
                guard let spec = accepted.configuration.probes.first(where: { $0.name.text == name }) else {
                    throw ProbeRefusal(.usage, "bellwether: no probe is called \(name)")
                }
                return (spec, accepted.configuration.agent.addresses)
            }
        case .adHoc(let probe):
            do throws(AdHocProblem) {
                return (try probe.spec(), .standard)
            } catch {
                throw ProbeRefusal(.usage, error.lines.map { "bellwether: \($0)" }.joined(separator: "\n"))
            }
        }
    }
}

extension CommandStatus {
    /// The exit code of a verdict, as a Nagios plugin's.
    init(_ verdict: Verdict) {
        switch verdict {
        case .healthy: self = .healthy
        case .degraded: self = .degraded
        case .unhealthy: self = .unhealthy
        case .unknown: self = .unknown
        }
    }
}
