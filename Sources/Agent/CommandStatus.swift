// SPDX-License-Identifier: Apache-2.0

/// How a command ends: the exit codes of the command line, by sysexits(3) from 64 on.
package enum CommandStatus: Int32, Sendable {
    /// Success, or healthy.
    case healthy = 0
    case degraded = 1
    case unhealthy = 2
    case unknown = 3
    /// The command line is wrong (EX_USAGE).
    case usage = 64
    /// The agent cannot be reached, or cannot listen (EX_UNAVAILABLE).
    case unavailable = 69
    /// A bug of ours (EX_SOFTWARE).
    case software = 70
    /// The configuration is wrong (EX_CONFIG).
    case configuration = 78
}
