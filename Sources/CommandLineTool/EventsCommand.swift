// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// `bellwether events`: what has changed.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Print the changes of targets, breakers and the aggregate.",
        discussion: """
            The agent remembers its last 1,024 changes. With --follow the command goes on with those that come, until the agent \
            shuts down. What it could not be told is counted as missed.

            Exits 0 at the end, 69 when the agent cannot be reached or breaks off.
            """
    )

    @Flag(help: "Go on with the changes that come.")
    var follow = false

    @Option(help: "text for people, json for programs: one object a line.")
    var format = Format.text

    @OptionGroup var socket: SocketOption

    /// How events are printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    func run() throws {
        let feed = EventFeed(place: socket.place, follows: follow, isJSON: format == .json)
        throw ExitCode(feed.run().rawValue)
    }
}
