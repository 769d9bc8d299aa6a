// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// `bellwether run`: the agent.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the agent until SIGTERM.",
        discussion: """
            SIGTERM answers 503 at once, keeps answering for the configured drain time, and exits 0. A second signal ends \
            the drain.
            """
    )

    @OptionGroup var location: ConfigurationOptions

    @Option(
        help: ArgumentHelp(
            "Where to answer, instead of the configured listeners; repeatable: host:port, [::1]:port, unix:/path or systemd.",
            valueName: "address"
        )
    )
    var listen: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            The unix socket that takes commands (default: in the service's runtime folder, else in $XDG_RUNTIME_DIR, \
            else in a private folder of the temporary one).
            """,
            valueName: "path"
        )
    )
    var socket: String?

    @Flag(help: "Probe every target once, print the outcomes, and exit with the worst.")
    var once = false

    func run() throws {
        throw ExitCode(AgentRun(location: location.location, listen: listen, socket: socket, once: once).run().rawValue)
    }
}
