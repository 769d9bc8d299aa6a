// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// `bellwether probe`: one probe now, or again and again.
struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Run one probe now and show its phases; exits 0, 1, 2 or 3 as a Nagios plugin does.",
        discussion: """
            Without --repeat and --interval: one run, all that was seen of it. With one of them: a line for each run and a \
            summary at the end, which Ctrl-C brings about at once; the exit code is that of the worst run.
            """
    )

    @OptionGroup var location: ConfigurationOptions

    @OptionGroup(title: "What is probed") var subject: ProbeSubjectOptions

    @Option(help: "Bound on the whole probe, such as 500ms or 5s (default: the probe's own, or 2s).")
    var timeout: String?

    @Option(name: .customLong("repeat"), help: ArgumentHelp("Probe so many times.", valueName: "n"))
    var count: Int?

    @Option(
        help: ArgumentHelp(
            "Between the starts of two runs (default 1s); without --repeat until Ctrl-C.",
            valueName: "duration"
        )
    )
    var interval: String?

    @Flag(help: "Show on standard error what was said and heard, with secrets hidden.")
    var trace = false

    @Option(help: "text for people, json for programs.")
    var format = ProbeFormat.text

    func validate() throws {
        try subject.check()
    }

    func run() throws {
        let probe = SingleProbe(
            subject: subject.subject(in: location.location),
            timeout: timeout,
            count: count,
            interval: interval,
            format: format,
            traces: trace
        )
        throw ExitCode(probe.run().rawValue)
    }
}

extension ProbeFormat: ExpressibleByArgument {}
