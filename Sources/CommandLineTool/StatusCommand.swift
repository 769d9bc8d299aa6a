// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// `bellwether status`: what the running agent says.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what the running agent knows; exits 0, 1, 2 or 3 by the status shown."
    )

    @Argument(help: "Only this target.")
    var target: String?

    @Option(help: ArgumentHelp("Where the agent answers.", valueName: "host:port"))
    var address = "127.0.0.1:9797"

    @Option(help: ArgumentHelp("The agent's unix socket, instead of an address.", valueName: "path"))
    var socket: String?

    @Option(help: "table for people, json for programs, nagios for one line.")
    var format = StatusFormat.table

    func run() throws {
        let place = socket.map(StatusQuery.Place.unix) ?? .tcp(address)
        throw ExitCode(StatusQuery(place: place, target: target, format: format).run().rawValue)
    }
}

extension StatusFormat: ExpressibleByArgument {}
