// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// `bellwether status`: what the running agent says.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what the running agent knows; exits 0, 1, 2 or 3 by the status shown."
    )

    @Argument(help: "Only this target or group.")
    var target: String?

    @Flag(help: "Keep showing it: drawn anew on a terminal; elsewhere the status once, then each change as a line.")
    var watch = false

    @Option(help: ArgumentHelp("Ask here instead of at the admin socket.", valueName: "host:port"))
    var address: String?

    @OptionGroup var socket: SocketOption

    @Option(help: "table for people, json for programs, nagios for one line.")
    var format = StatusFormat.table

    func validate() throws {
        guard address == nil || socket.socket == nil else {
            throw ValidationError("give --address or --socket, not both")
        }
        guard !watch || format == .table else { throw ValidationError("--watch shows a table") }
    }

    func run() throws {
        let place = address.map(StatusQuery.Place.tcp) ?? socket.place
        if watch { throw ExitCode(StatusWatch(place: place, target: target).run().rawValue) }
        throw ExitCode(StatusQuery(place: place, target: target, format: format).run().rawValue)
    }
}

extension StatusFormat: ExpressibleByArgument {}
