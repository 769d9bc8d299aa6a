// SPDX-License-Identifier: Apache-2.0

/// A program that is run, and how its end is read.
package struct ScriptProbe: Hashable, Sendable {
    /// The program by absolute path, then its arguments; no shell is involved.
    package var command: [String]
    /// Variables added to the small environment every script gets.
    package var environment: [String: String]
    /// The local account it runs as, by name or number; nil = the agent's own.
    package var user: String?
    /// Its working directory, by absolute path; default `/`.
    package var directory: String
    /// What each of its processes may use.
    package var limits: ScriptLimits
    /// Whether the program is started for every check, or once for all.
    package var mode: ScriptMode
    /// Most bytes of standard output that are kept, 1 B to 64 KiB; the rest is read and dropped.
    package var maximumOutputBytes: Int
    /// How the exit code is read.
    package var exitProtocol: ExitProtocol

    package init(
        command: [String],
        environment: [String: String] = [:],
        user: String? = nil,
        directory: String = "/",
        limits: ScriptLimits = ScriptLimits(),
        mode: ScriptMode = .once,
        maximumOutputBytes: Int = 8 * 1024,
        exitProtocol: ExitProtocol = .nagios
    ) {
        self.command = command
        self.environment = environment
        self.user = user
        self.directory = directory
        self.limits = limits
        self.mode = mode
        self.maximumOutputBytes = maximumOutputBytes
        self.exitProtocol = exitProtocol
    }
}

/// How a script is run.
package enum ScriptMode: String, CaseIterable, Hashable, Sendable {
    /// A process for every check. The default.
    case once
    /// One process that answers a line of JSON for every check, and is started again when it ends.
    case worker
}

/// What each process of a script may use at most; nil = no bound but the agent's own.
package struct ScriptLimits: Hashable, Sendable {
    /// Bytes of address space, at least 16 MiB.
    package var memoryBytes: Int?
    /// Processor time in whole seconds, 1 s to 1 h.
    package var cpuSeconds: Int?
    /// Bytes of any file it writes.
    package var fileBytes: Int?

    package init(memoryBytes: Int? = nil, cpuSeconds: Int? = nil, fileBytes: Int? = nil) {
        self.memoryBytes = memoryBytes
        self.cpuSeconds = cpuSeconds
        self.fileBytes = fileBytes
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
