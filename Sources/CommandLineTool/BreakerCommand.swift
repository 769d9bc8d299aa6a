// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// `bellwether breaker`: does something with a target's breaker.
struct BreakerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "breaker",
        abstract: "Hold a target's circuit breaker in a state, or let it go.",
        discussion: """
            open     keep it open: the target is unhealthy, whatever its probes say
            close    close it now; with --for, keep it closed for so long: failures are counted and do not open it
            reset    close it now and forget every outcome
            disable  count nothing: each verdict decides by itself
            enable   end whatever it is held in

            What it is held in is shown everywhere as forced, with reason and end. Without --for it holds until somebody ends it. \
            Closing does not make a target healthy: it is probed at once, and the verdict decides.

            Exits 0 when it is done, 64 when there is no such target or the order makes no sense, 69 when the agent cannot be \
            reached.
            """
    )

    /// What can be done.
    enum Action: String, ExpressibleByArgument, CaseIterable {
        case open, close, reset, disable, enable
    }

    @Argument(help: "open, close, reset, disable or enable.")
    var action: Action

    @Argument(help: "The target.")
    var target: String

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp("After this long it ends by itself, such as 10m; at most 30d.", valueName: "duration")
    )
    var duration: String?

    @Option(help: ArgumentHelp("Why; shown everywhere.", valueName: "text"))
    var reason: String?

    @OptionGroup var socket: SocketOption

    func run() throws {
        let call = AgentCall(socket: socket.socket)
        let status = call.breaker(action.rawValue, target: target, for: duration, reason: reason)
        throw ExitCode(status.rawValue)
    }
}
