// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Testing

@Suite("SystemProcessSpawner")
struct SystemProcessSpawnerTests {
    @Test(
        "a program that cannot be executed is the program's fault, with the errno of exec",
        arguments: [
            ("missing", ENOENT), ("not-executable", EACCES), ("folder", EACCES), ("no-format", ENOEXEC),
            ("bad-interpreter", ENOENT),
        ]
    )
    func execFails(name: String, code: Int32) throws {
        let folder = try TemporaryFolder()
        try folder.write("not-executable", "#!/bin/sh\n".utf8, mode: 0o644)
        try folder.write("folder/file", [])
        try folder.write("no-format", "hello".utf8, mode: 0o755)
        try folder.write("bad-interpreter", "#!/nowhere/sh\n".utf8, mode: 0o755)
        let program = Program(path: folder(name), arguments: [name], environment: [])
        let failure = #expect(throws: SpawnFailure.self) { try SystemProcessSpawner().spawn(program) }
        // Another test may just be starting a process that holds a copy of the descriptor which wrote the file.
        let isBusy = failure?.error.code == ETXTBSY && code != EACCES
        #expect(failure == SpawnFailure(.program, SystemError(code: isBusy ? ETXTBSY : code)))
    }

    @Test("a NUL in a path, an argument or a variable is refused instead of ending the text there")
    func nul() throws {
        let spawner = try SystemProcessSpawner()
        let programs = [
            Program(path: "/bin/true\0x", arguments: ["true"], environment: []),
            Program(path: "/bin/true", arguments: ["true", "a\0b"], environment: []),
            Program(path: "/bin/true", arguments: ["true"], environment: ["A=\0"]),
        ]
        for program in programs {
            let failure = #expect(throws: SpawnFailure.self) { try spawner.spawn(program) }
            #expect(failure?.error.code == EINVAL)
        }
    }

    @Test("without a free descriptor nothing is started, and it is our fault")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            let spawner = try SystemProcessSpawner()
            let program = Program(path: "/bin/true", arguments: ["true"], environment: [])
            var taken: [CInt] = []
            while true {
                let descriptor = dup(0)
                guard descriptor >= 0 else { break }
                taken.append(descriptor)
            }
            // Room for one pipe and the pidfd, for both pipes, for everything.
            var kinds: [SpawnFailure.Kind?] = []
            for free in [0, 2, 4, 5] {
                for descriptor in taken.suffix(free) { close(descriptor) }
                do throws(SpawnFailure) {
                    let process = try spawner.spawn(program)
                    var ended = pollfd(fd: process.exitDescriptor, events: Int16(POLLIN), revents: 0)
                    precondition(poll(&ended, 1, 30_000) == 1 && spawner.reap(process.id) == .code(0), "no end")
                    for descriptor in [process.exitDescriptor, process.outputDescriptor, process.errorDescriptor] {
                        close(descriptor)
                    }
                    kinds.append(nil)
                } catch {
                    kinds.append(error.kind)
                }
                for _ in 0..<free { _ = dup(0) }
            }
            precondition(kinds == [.ours, .ours, .ours, nil], "failures: \(kinds)")
        }
    }

    @Test("without a free process nothing is started, and it is our fault")
    func noProcesses() async {
        await #expect(processExitsWith: .success) {
            let spawner = try SystemProcessSpawner()
            // The limit is on processes of one user and does not bind root: a user that nobody else is has none to give.
            guard geteuid() == 0 else { return }
            var limit = rlimit(rlim_cur: 0, rlim_max: 0)
            precondition(setrlimit(__rlimit_resource_t(6), &limit) == 0, "setrlimit failed")
            precondition(setuid(54_321) == 0, "setuid failed")
            let program = Program(path: "/bin/true", arguments: ["true"], environment: [])
            let failure = #expect(throws: SpawnFailure.self) { try spawner.spawn(program) }
            precondition(
                failure == SpawnFailure(.ours, SystemError(code: EAGAIN)),
                "failure: \(String(describing: failure))"
            )
        }
    }

    @Test("a program is started when this process has closed its own standard descriptors")
    func closedStandardDescriptors() async {
        await #expect(processExitsWith: .success) {
            let spawner = try SystemProcessSpawner()
            for descriptor: CInt in 0..<3 { close(descriptor) }
            let program = Program(path: "/bin/echo", arguments: ["echo", "hello"], environment: [])
            let process = try spawner.spawn(program)
            var ended = pollfd(fd: process.exitDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&ended, 1, 30_000) == 1, spawner.reap(process.id) == .code(0) else { _exit(1) }
            var text = [UInt8](repeating: 0, count: 16)
            guard read(process.outputDescriptor, &text, 16) == 6, text.starts(with: "hello\n".utf8) else { _exit(2) }
        }
    }

    @Test("an orphan is taken over, and what this process started itself is not counted as one")
    func orphans() async {
        await #expect(processExitsWith: .success) {
            let spawner = try SystemProcessSpawner()
            // A fork of the shell: a process that is just executing another program shows no environment for a moment.
            let script = "( while :; do :; done >/dev/null 2>&1 & )"
            let program = Program(
                path: "/bin/sh",
                arguments: ["sh", "-c", script],
                environment: ["BELLWETHER_RUN=abc"]
            )
            let process = try spawner.spawn(program)
            var ended = pollfd(fd: process.exitDescriptor, events: Int16(POLLIN), revents: 0)
            precondition(poll(&ended, 1, 30_000) == 1 && spawner.hasEnded(process.id), "the shell does not end")
            let orphans = spawner.orphans()
            precondition(orphans.count == 1 && !orphans.contains(process.id), "orphans: \(orphans)")
            let facts = spawner.facts(of: orphans[0])
            precondition(
                facts?.marker?.text == "abc" && facts?.hasNoNewPrivileges == true,
                "\(String(describing: facts))"
            )
            precondition(
                facts?.session == process.id.number && facts?.parent == getpid(),
                "\(String(describing: facts))"
            )
            spawner.send(.kill, toGroupOf: process.id)
            precondition(spawner.reap(process.id) == .code(0), "the shell's exit is lost")
            var status: Int32 = 0
            precondition(waitpid(orphans[0].number, &status, 0) == orphans[0].number, "the orphan lives")
            precondition(spawner.orphans().isEmpty && spawner.reap(process.id) == .unknown, "something is left")
        }
    }

    @Test("signals have names", arguments: [(9, "SIGKILL"), (11, "SIGSEGV"), (99, "signal 99"), (-1, "signal -1")])
    func signalNames(number: Int, name: String) {
        #expect(SignalName.of(number) == name)
    }
}
