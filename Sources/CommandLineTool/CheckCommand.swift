// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// `bellwether check`: reads the configuration as `run` would, and says everything that is wrong with it.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration: exit 0 when clean, 78 with errors."
    )

    @OptionGroup var location: ConfigurationOptions

    @Option(help: "text for people and editors, json for programs.")
    var format = CheckFormat.text

    @Option(
        help: ArgumentHelp(
            "Show this probe's definition in force, where each value comes from, and how fast a change is found.",
            valueName: "name"
        )
    )
    var explain: String?

    func run() throws {
        let check = ConfigurationCheck(location: location.location, format: format, explained: explain)
        throw ExitCode(check.run().rawValue)
    }
}

extension CheckFormat: ExpressibleByArgument {}
