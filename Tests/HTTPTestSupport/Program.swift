// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A program started by a test, with standard output to a pipe when asked for.
package final class Program: Sendable {
    private let id: pid_t
    private let output: CInt

    /// Starts `arguments[0]`, looked up in PATH; closes every descriptor it would inherit, lest it hold other tests' sockets.
    package init(_ arguments: [String]) {
        var ends: [CInt] = [-1, -1]
        precondition(pipe(&ends) == 0, "no pipe: errno \(errno)")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        InheritedDescriptors.close(from: 3, in: &actions)
        var argv = arguments.map { strdup($0) } + [nil]
        defer { for text in argv { free(text) } }
        var id: pid_t = 0
        let status = posix_spawnp(&id, arguments[0], &actions, nil, &argv, environ)
        precondition(status == 0, "cannot start \(arguments): errno \(status)")
        close(ends[1])
        self.id = id
        output = ends[0]
    }

    /// Runs a program to its end and gives its exit code.
    package static func run(_ arguments: [String]) -> CInt {
        let program = Program(arguments)
        while program.readLine() != nil {}
        var status: CInt = 0
        waitpid(program.id, &status, 0)
        close(program.output)
        return status >> 8 & 0xFF
    }

    /// The next line of its output; nil after the last.
    package func readLine() -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    /// Ends the program.
    package func stop() {
        kill(id, SIGKILL)
        var status: CInt = 0
        waitpid(id, &status, 0)
        close(output)
    }
}
