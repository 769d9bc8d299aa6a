// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// `bellwether reload`: has the running agent read its configuration again.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Have the agent read its configuration again, and show what changed.",
        discussion: """
            Waits until the new probes are in force. Prints + for each target that was added, ~ for each that changed and - for \
            each that was removed. A configuration with errors changes nothing: its diagnostics are printed as `check` prints them.

            Exits 0 when it is in force, 78 with errors, 69 when the agent cannot be reached.
            """
    )

    @OptionGroup var socket: SocketOption

    func run() throws {
        throw ExitCode(AgentCall(socket: socket.socket).reload().rawValue)
    }
}
