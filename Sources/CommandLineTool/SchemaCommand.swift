// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// `bellwether schema`: the configuration as JSON Schema.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of the configuration, for editors.",
        discussion: """
            An editor that knows it completes keys, shows what they are for, and underlines mistakes. What one value means for \
            another only `check` tells.
            """
    )

    @Argument(help: "probes for the files of probes.d, agent for bellwether.yaml.")
    var subject = SchemaPrinter.Subject.probes

    func run() throws {
        throw ExitCode(SchemaPrinter.run(subject).rawValue)
    }
}

extension SchemaPrinter.Subject: ExpressibleByArgument {}
