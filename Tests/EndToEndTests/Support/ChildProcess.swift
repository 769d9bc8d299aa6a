// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport

/// A program that a test starts, with its two outputs in files, and ends by its id.
final class ChildProcess {
    let id: pid_t
    let outputPath: String
    let errorPath: String
    private var status: CInt?

    /// Starts `arguments[0]`, looked up in PATH, with the folder as working directory.
    init(_ arguments: [String], in folder: TemporaryFolder, environment: [String: String] = [:], name: String) {
        outputPath = folder.path + "/" + name + ".out"
        errorPath = folder.path + "/" + name + ".err"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errorPath, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        // Sockets of servers that other tests run meanwhile: a copy in a child would keep them open for their peers.
        InheritedDescriptors.close(from: 3, in: &actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        // A test runner may block or ignore signals; what it starts must not inherit that.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // Agents of several tests must not find one another's state.
        let settings = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "STATE_DIRECTORY": folder.path + "/state",
        ].merging(environment) { _, new in new }
        // env executes the program in its own place, so the id is the program's.
        var argv = (["env", "-C", folder.path] + arguments).map { strdup($0) } + [nil]
        var envp = settings.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var id: pid_t = 0
        let error = posix_spawnp(&id, "env", &actions, &attributes, &argv, &envp)
        precondition(error == 0, "cannot start \(arguments): errno \(error)")
        self.id = id
    }

    deinit {
        guard status == nil else { return }
        kill(id, SIGKILL)
        waitpid(id, nil, 0)
    }

    var output: String { TemporaryFolder.read(outputPath) }
    var errors: String { TemporaryFolder.read(errorPath) }

    /// Sends a signal.
    func send(_ signal: CInt) {
        kill(id, signal)
    }

    /// The exit code, or 128 + the signal; nil when it still runs at the deadline.
    func waitForExit(_ deadline: Deadline = Deadline()) -> CInt? {
        if let status { return status }
        return deadline.wait {
            var raw: CInt = 0
            guard waitpid(id, &raw, WNOHANG) == id else { return nil }
            let signal = raw & 0x7F
            status = signal == 0 ? (raw >> 8) & 0xFF : 128 + signal
            return status
        }
    }

    var isRunning: Bool { waitForExit(Deadline(.zero)) == nil }
}
