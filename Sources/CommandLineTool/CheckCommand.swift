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

    func run() throws {
        throw ExitCode(ConfigurationCheck(location: location.location, format: format).run().rawValue)
    }
}

extension CheckFormat: ExpressibleByArgument {}
