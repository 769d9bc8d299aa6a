// SPDX-License-Identifier: Apache-2.0

import Agent
import ArgumentParser

/// The command line: parses, calls `Agent`, and turns what comes back into an exit code.
struct Bellwether: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bellwether",
        abstract: "A health-check agent: probes targets, and answers a load balancer with one status.",
        discussion: """
            Exit codes: 0 success or healthy, 1 degraded, 2 unhealthy, 3 unknown, 64 usage, 69 the agent cannot be reached \
            or cannot listen, 70 a bug of ours, 78 configuration.
            """,
        version: Version.text,
        subcommands: [
            RunCommand.self, CheckCommand.self, ProbeCommand.self, StatusCommand.self, BreakerCommand.self,
            EventsCommand.self, ReloadCommand.self, SchemaCommand.self, ImportCommand.self,
        ]
    )
}
