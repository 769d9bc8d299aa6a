// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import HealthModel
import Synchronization

/// Linux: clone, pidfd, /proc.
///
/// Written here rather than taken from swift-subprocess, which has no time limit, keeps its pidfd to itself instead of letting
/// our loop watch it, resumes on other threads, and cannot set a parent-death signal, no_new_privs or resource limits.
///
/// A program gets: the arguments and the environment it is given and nothing of ours; /dev/null, or a pipe where it is to have one, as standard input, a pipe each
/// as standard output and standard error, no other descriptor; a session and process group of its own without a terminal; its
/// working directory, user and limits; umask 022; default signal handlers and no blocked signals; no core files, at most 1,024 descriptors
/// (fewer where the hard limit is lower), no_new_privs, and a high place on the kernel's list when memory runs out. It is
/// killed when the thread that started it ends, so the loop's thread, which lives as long as the agent, must start it.
package struct SystemProcessSpawner: ProcessSpawner {
    private let directory = ProcessDirectory()

    /// The programs that were started and are not reaped, by whichever spawner: children belong to the process as a whole.
    ///
    /// Held locked while a program is started, so that `orphans` never takes one that is just being loaded for an orphan.
    private static let programs = Mutex<Set<Int32>>([])

    /// Makes this process the one that takes over orphans of its programs (PR_SET_CHILD_SUBREAPER, Linux 3.4), for good.
    ///
    /// Without that, a grandchild whose parent ended belongs to init, and could not be found again. SIGPIPE is ignored from then
    /// on, as a program that does not read its input would end us with it.
    /// - Throws: why the kernel refuses.
    package init() throws(SystemError) {
        guard clinux_become_subreaper() == 0, clinux_ignore_broken_pipes() == 0 else { throw .last }
    }

    package func spawn(_ program: Program) throws(SpawnFailure) -> SpawnedProcess {
        let strings = [program.path, program.directory] + program.arguments + program.environment
        guard !strings.contains(where: { $0.utf8.contains(0) }) else {
            throw SpawnFailure(.program, SystemError(code: EINVAL))
        }
        var spawned = clinux_spawned()
        let status = Self.programs.withLock { programs in
            let status = Self.start(program, &spawned)
            if status == 0 { programs.insert(spawned.pid) }
            return status
        }
        guard status == 0 else { throw Self.failure(of: spawned) }
        return SpawnedProcess(
            id: ProcessID(spawned.pid),
            exitDescriptor: spawned.pidfd,
            inputDescriptor: spawned.input < 0 ? nil : spawned.input,
            outputDescriptor: spawned.output,
            errorDescriptor: spawned.error
        )
    }

    package func send(_ signal: ProcessSignal, toGroupOf leader: ProcessID) {
        _ = Glibc.kill(-leader.number, signal == .kill ? SIGKILL : SIGTERM)
    }

    package func kill(_ child: ProcessID) {
        _ = Glibc.kill(child.number, SIGKILL)
    }

    package func hasEnded(_ child: ProcessID) -> Bool {
        clinux_has_ended(child.number) != 0
    }

    package func reap(_ child: ProcessID) -> ProcessExit? {
        var code: CInt = -1
        var signal: CInt = -1
        // unsafe: both results are written into local integers.
        let status = unsafe clinux_reap(child.number, &code, &signal)
        if status != 0 { _ = Self.programs.withLock { $0.remove(child.number) } }
        switch status {
        case 0: return nil
        case 1: return signal > 0 ? .signal(Int(signal)) : .code(Int(code))
        default: return .unknown
        }
    }

    package func orphans() -> [ProcessID] {
        Self.programs.withLock { programs in
            directory.children(of: ProcessID(getpid())).filter { !programs.contains($0.number) }
        }
    }

    package func children(of parent: ProcessID) -> [ProcessID] {
        directory.children(of: parent)
    }

    package func facts(of process: ProcessID) -> ProcessFacts? {
        directory.facts(of: process)
    }

    private static func start(_ program: Program, _ spawned: inout clinux_spawned) -> CInt {
        let arguments = CStringArray(program.arguments)
        let environment = CStringArray(program.environment)
        let texts = CStringArray([program.path, program.directory])
        let groups = program.account?.groups ?? []
        defer { withExtendedLifetime((arguments, environment, texts)) {} }
        // unsafe: all that the struct points to lives until the call is over, and the program gets copies.
        return unsafe groups.withUnsafeBufferPointer { groups in
            var native = unsafe clinux_program(
                path: texts.pointer[0],
                argv: arguments.pointer,
                envp: environment.pointer,
                directory: texts.pointer[1],
                has_input: program.hasInput ? 1 : 0,
                switches_user: program.account == nil ? 0 : 1,
                user: program.account?.user ?? 0,
                group: program.account?.group ?? 0,
                groups: groups.baseAddress,
                group_count: groups.count,
                memory_bytes: Int64(program.limits.memoryBytes ?? -1),
                cpu_seconds: Int64(program.limits.cpuSeconds ?? -1),
                file_bytes: Int64(program.limits.fileBytes ?? -1)
            )
            return unsafe clinux_spawn(&native, &spawned)
        }
    }

    private static func failure(of spawned: clinux_spawned) -> SpawnFailure {
        let error = SystemError(code: spawned.failed_with)
        return switch spawned.failed_at {
        case CInt(CLINUX_SPAWN_EXEC) where !isShortage(spawned.failed_with): SpawnFailure(.program, error)
        case CInt(CLINUX_SPAWN_DIRECTORY): SpawnFailure(.directory, error)
        case CInt(CLINUX_SPAWN_USER): SpawnFailure(.user, error)
        default: SpawnFailure(.ours, error)
        }
    }

    /// Whether exec failed for want of something that is not the program's to have.
    private static func isShortage(_ code: Int32) -> Bool {
        [EAGAIN, ENOMEM, EMFILE, ENFILE].contains(code)
    }
}
