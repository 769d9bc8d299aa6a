// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// Where the running agent takes commands; the same option in every command that calls it.
struct SocketOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The agent's admin socket (default: the one in $XDG_RUNTIME_DIR, in the private folder of this user in the \
            temporary one, or /run/bellwether/admin.sock, whichever is there first).
            """,
            valueName: "path"
        )
    )
    var socket: String?

    /// The same for `Agent`.
    var place: StatusQuery.Place { socket.map(StatusQuery.Place.unix) ?? StatusQuery.usualPlace }
}
