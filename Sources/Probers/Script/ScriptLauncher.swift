// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// Starts the program of one target, or says why it may not be started now.
///
/// Whatever was started before must be gone by then: no two processes of one target run at once.
struct ScriptLauncher {
    let target: TargetName
    let probe: ScriptProbe
    let host: ScriptHost
    private var last: ProcessRun?

    init(target: TargetName, probe: ScriptProbe, host: ScriptHost) {
        self.target = target
        self.probe = probe
        self.host = host
    }

    /// Descriptors that a process of the probe holds.
    static func descriptors(of probe: ScriptProbe) -> Int {
        SpawnedProcess.descriptorCount + (probe.mode == .worker ? 1 : 0)
    }

    /// Starts the program with its descriptors taken from the budget, which `ProcessRun` does not give back by itself.
    ///
    /// - Parameters:
    ///   - deadline: when the run must be over.
    ///   - lastVerdict: told to the program.
    ///   - isReplacement: whether the process before was killed just now, so that it may still be on its way out.
    ///   - loop: the loop of the run.
    /// - Returns: the process, to be ended by the reaper.
    /// - Throws: why nothing was started; the budget is as before then.
    mutating func start(
        deadline: MonotonicInstant,
        lastVerdict: Verdict?,
        isReplacement: Bool = false,
        on loop: isolated EventLoop
    ) throws(ScriptObstacle) -> ProcessRun {
        guard deadline > loop.now else { throw .ours("no time was left when the probe started", problem: .lateness) }
        if let last, !isReplacement, !host.reaper.isGone(last) { throw .stuck(last.process.id) }
        if let violation = host.trust.violation(path: probe.command[0]) {
            throw .program(violation.message, violation.error)
        }
        let program = try program(timeLimit: loop.now.duration(to: deadline), lastVerdict: lastVerdict)
        let count = Self.descriptors(of: probe)
        guard loop.budget.take(count) else {
            throw .ours("all \(loop.budget.limit) descriptors for probes are in use", problem: .descriptors)
        }
        do {
            let run = try host.reaper.start(program)
            last = run
            loop.trace?.note(.start, "process \(run.process.id): \(Self.shown(program.arguments))", at: loop.kernel.now)
            return run
        } catch {
            loop.budget.give(back: count)
            throw host.trust.explain(error, of: probe)
        }
    }

    /// A command line as it could be typed into a shell.
    private static func shown(_ arguments: [String]) -> String {
        arguments.map { argument in
            let isPlain = !argument.isEmpty && argument.utf8.allSatisfy { plainBytes.contains($0) }
            return isPlain
                ? argument
                : "'" + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
                    + "'"
        }
        .joined(separator: " ")
    }

    /// What a shell takes for nothing else than itself.
    private static let plainBytes = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_".utf8)

    private func program(timeLimit: Duration, lastVerdict: Verdict?) throws(ScriptObstacle) -> Program {
        Program(
            path: probe.command[0],
            arguments: probe.command,
            environment: ScriptEnvironment.variables(
                target: target,
                // A worker lives for many checks, and is told of each.
                run: probe.mode == .worker ? nil : .init(timeLimit: timeLimit, lastVerdict: lastVerdict),
                configured: probe.environment
            ),
            directory: probe.directory,
            hasInput: probe.mode == .worker,
            account: try account(),
            limits: ProgramLimits(
                memoryBytes: probe.limits.memoryBytes,
                cpuSeconds: probe.limits.cpuSeconds,
                fileBytes: probe.limits.fileBytes
            )
        )
    }

    private func account() throws(ScriptObstacle) -> UserAccount? {
        guard let user = probe.user else { return nil }
        do {
            let account = try host.accounts.account(user)
            // Who is that user already needs no right to become it.
            return account.user == host.trust.user ? nil : account
        } catch {
            throw .program("cannot run as \(user): \(error.message)", nil)
        }
    }
}
