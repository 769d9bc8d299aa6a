// SPDX-License-Identifier: Apache-2.0

/// A program to run.
package struct Program: Hashable, Sendable {
    /// The file to execute, by absolute path; never searched for.
    package var path: String
    /// What the program gets as its arguments, its own name first.
    package var arguments: [String]
    /// All of its environment, as `NAME=value`; nothing of ours is added.
    package var environment: [String]
    /// Its working directory, by absolute path.
    package var directory: String
    /// Whether its standard input is a pipe of ours rather than /dev/null.
    package var hasInput: Bool
    /// Whom it runs as; nil = as the agent.
    package var account: UserAccount?
    /// What it may use at most.
    package var limits: ProgramLimits

    package init(
        path: String,
        arguments: [String],
        environment: [String],
        directory: String = "/",
        hasInput: Bool = false,
        account: UserAccount? = nil,
        limits: ProgramLimits = ProgramLimits()
    ) {
        self.path = path
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.hasInput = hasInput
        self.account = account
        self.limits = limits
    }
}

/// What each process of a program may use at most; nil = what the agent may.
package struct ProgramLimits: Hashable, Sendable {
    /// Bytes of address space (RLIMIT_AS): more is refused, as if memory had run out.
    package var memoryBytes: Int?
    /// Seconds of processor time (RLIMIT_CPU): more is answered with SIGKILL.
    package var cpuSeconds: Int?
    /// Bytes of a file it writes (RLIMIT_FSIZE): more is answered with SIGXFSZ.
    package var fileBytes: Int?

    package init(memoryBytes: Int? = nil, cpuSeconds: Int? = nil, fileBytes: Int? = nil) {
        self.memoryBytes = memoryBytes
        self.cpuSeconds = cpuSeconds
        self.fileBytes = fileBytes
    }
}
