// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What running programs needs of the operating system.
///
/// The seam beside `Kernel` that makes scripts run in a simulation: `SystemProcessSpawner` is Linux. Its descriptors are read,
/// watched and closed through the loop's kernel. No call waits for a program; `spawn` waits until it is loaded.
package protocol ProcessSpawner: Sendable {
    /// Starts a program as leader of a session and process group of its own.
    func spawn(_ program: Program) throws(SpawnFailure) -> SpawnedProcess

    /// Sends a signal to every process of the group that `leader`, a child that is not reaped, leads.
    func send(_ signal: ProcessSignal, toGroupOf leader: ProcessID)

    /// Kills one child that is not reaped; nobody else, because the number of any other process may be given out again any time.
    func kill(_ child: ProcessID)

    /// Whether a child has ended, without reaping it.
    func hasEnded(_ child: ProcessID) -> Bool

    /// Takes what an ended child left; nil while it runs.
    func reap(_ child: ProcessID) -> ProcessExit?

    /// The children of this process that `spawn` did not start: orphans that it took over, and what other code started.
    func orphans() -> [ProcessID]

    /// The children of another process.
    func children(of parent: ProcessID) -> [ProcessID]

    /// What is known of a process; nil when there is none.
    func facts(of process: ProcessID) -> ProcessFacts?
}

/// The number of a process.
package struct ProcessID: Hashable, Sendable, CustomStringConvertible {
    package let number: Int32

    package init(_ number: Int32) {
        precondition(number > 0, "\(number) names no single process")
        self.number = number
    }

    package var description: String { String(number) }
}

/// A signal that ends programs.
package enum ProcessSignal: Hashable, Sendable {
    /// SIGTERM: please end.
    case terminate
    /// SIGKILL: end now.
    case kill
}

/// A program that was started.
package struct SpawnedProcess: Hashable, Sendable {
    /// The process, its group and its session.
    package var id: ProcessID
    /// Becomes readable when the process ends (a pidfd).
    package var exitDescriptor: CInt
    /// The non-blocking end of its standard input; nil where that is /dev/null.
    package var inputDescriptor: CInt?
    /// The non-blocking end of its standard output.
    package var outputDescriptor: CInt
    /// The non-blocking end of its standard error.
    package var errorDescriptor: CInt

    package init(
        id: ProcessID,
        exitDescriptor: CInt,
        inputDescriptor: CInt? = nil,
        outputDescriptor: CInt,
        errorDescriptor: CInt
    ) {
        self.id = id
        self.exitDescriptor = exitDescriptor
        self.inputDescriptor = inputDescriptor
        self.outputDescriptor = outputDescriptor
        self.errorDescriptor = errorDescriptor
    }

    /// How many descriptors a process without an input holds while it runs.
    package static let descriptorCount = 3
}

/// How a process ended.
package enum ProcessExit: Hashable, Sendable {
    /// By itself, with an exit code of 0 to 255.
    case code(Int)
    /// By a signal's number.
    case signal(Int)
    /// Somebody else reaped it, so nobody knows.
    case unknown
}

/// Why a program was not started.
package struct SpawnFailure: Error, Hashable, Sendable {
    /// Whose fault it is.
    package enum Kind: Hashable, Sendable {
        /// The program's: it is missing, not executable, or in no known format.
        case program
        /// Ours: no descriptor, process or memory could be had.
        case ours
        /// Its working directory cannot be entered.
        case directory
        /// The agent may not run programs as its user.
        case user
    }

    package let kind: Kind
    package let error: SystemError

    package init(_ kind: Kind, _ error: SystemError) {
        self.kind = kind
        self.error = error
    }
}
