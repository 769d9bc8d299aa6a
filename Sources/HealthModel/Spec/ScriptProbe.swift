// SPDX-License-Identifier: Apache-2.0

/// A program that is run, and how its end is read.
package struct ScriptProbe: Hashable, Sendable {
    /// The program by absolute path, then its arguments; no shell is involved.
    package var command: [String]
    /// Variables added to the small environment every script gets.
    package var environment: [String: String]
    /// Most bytes of standard output that are kept, 1 B to 64 KiB; the rest is read and dropped.
    package var maximumOutputBytes: Int
    /// How the exit code is read.
    package var exitProtocol: ExitProtocol

    package init(
        command: [String],
        environment: [String: String] = [:],
        maximumOutputBytes: Int = 8 * 1024,
        exitProtocol: ExitProtocol = .nagios
    ) {
        self.command = command
        self.environment = environment
        self.maximumOutputBytes = maximumOutputBytes
        self.exitProtocol = exitProtocol
    }
}

/// How a script's exit code is read.
package enum ExitProtocol: String, CaseIterable, Hashable, Sendable {
    /// Nagios plugin convention: 0 healthy, 1 degraded, 2 unhealthy, anything else unknown; performance data is parsed. The
    /// default.
    case nagios
    /// 0 healthy, anything else unhealthy.
    case exit
}
