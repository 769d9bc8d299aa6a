// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// How one run of a program goes.
package struct SimulatedProgram: Hashable, Sendable {
    /// Why it cannot be started; nil when it can.
    package var failure: SpawnFailure?
    /// How long it runs before it ends by itself; nil = until it is killed.
    package var runtime: Duration?
    /// How it ends by itself.
    package var exit = ProcessExit.code(0)
    /// What it writes: in the instant at which it ends by itself, or at once when it never does.
    package var output = ""
    /// The same, to standard error.
    package var errorOutput = ""
    /// Whether SIGTERM does nothing.
    package var ignoresTerminate = false
    /// How long it takes to end after SIGTERM.
    package var terminateDelay = Duration.zero
    /// How long it takes to end after SIGKILL, as for a process that waits for a disk.
    package var killDelay = Duration.zero
    /// How many children it starts at once that leave its process group and session and run until they are killed.
    package var escapees = 0

    package init(runtime: Duration?) {
        self.runtime = runtime
    }

    /// Ends by itself with an exit code.
    package static func exits(_ code: Int, after runtime: Duration, output: String = "") -> SimulatedProgram {
        var program = SimulatedProgram(runtime: runtime)
        program.exit = .code(code)
        program.output = output
        return program
    }

    /// Never ends by itself.
    package static func hangs(ignoresTerminate: Bool = false) -> SimulatedProgram {
        var program = SimulatedProgram(runtime: nil)
        program.ignoresTerminate = ignoresTerminate
        return program
    }

    /// Cannot be started.
    package static func fails(_ failure: SpawnFailure) -> SimulatedProgram {
        var program = SimulatedProgram(runtime: nil)
        program.failure = failure
        return program
    }

    /// The same with changes.
    package func with(_ change: (inout SimulatedProgram) -> Void) -> SimulatedProgram {
        var program = self
        change(&program)
        return program
    }
}

/// Decides how programs go; may change its mind over virtual time.
package struct SimulatedPrograms: Sendable {
    /// Decides about one run by the program's path, instant and draw.
    package typealias Rule = @Sendable (String, MonotonicInstant, inout SimulationRandom) -> SimulatedProgram

    private let rule: Rule

    /// Programs as a function; called on the loop's thread.
    package init(_ rule: @escaping Rule) {
        self.rule = rule
    }

    /// All programs always go like this.
    package static func always(_ program: SimulatedProgram) -> SimulatedPrograms {
        SimulatedPrograms { _, _, _ in program }
    }

    func program(at path: String, _ now: MonotonicInstant, _ random: inout SimulationRandom) -> SimulatedProgram {
        rule(path, now, &random)
    }
}
