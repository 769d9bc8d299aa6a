// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A server of the folder `Servers`, run by the Python that `make servers` prepares; `stop` it, or it stays.
package final class PythonServer: Sendable {
    /// Where it listens, on 127.0.0.1.
    package let port: UInt16
    private let process: Mutex<pid_t>
    private let input: CInt
    private let output: CInt

    private static let repository =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    /// Starts the script called `name` with `arguments` and waits for its port.
    package init(_ name: String, _ arguments: [String] = []) {
        var toChild: [CInt] = [0, 0]
        var fromChild: [CInt] = [0, 0]
        precondition(pipe(&toChild) == 0 && pipe(&fromChild) == 0, "no pipe: errno \(errno)")
        for descriptor in toChild + fromChild { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        // Sockets of servers that other tests run meanwhile: a copy in this one would keep them open for their peers.
        InheritedDescriptors.close(from: 3, in: &actions)
        let python = Self.repository + "/.build/python/bin/python"
        let script = Self.repository + "/Tests/HTTPTestSupport/Servers/\(name).py"
        var words: [UnsafeMutablePointer<CChar>?] = ([python, script] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, python, &actions, nil, &words, environ)
        precondition(status == 0, "cannot start \(python) (make servers prepares it): errno \(status)")
        close(toChild[0])
        close(fromChild[1])
        process = Mutex(child)
        input = toChild[1]
        output = fromChild[0]
        guard let port = UInt16(Self.line(from: fromChild[0])) else { preconditionFailure("\(name) gave no port") }
        self.port = port
    }

    /// The arguments that make a server show one of the tests' certificates.
    package static func secure(_ certificate: String = "good") -> [String] {
        let path = "\(Nginx.certificates)/\(certificate)"
        return ["--certificate", path + ".pem", "--key", path + ".key"]
    }

    /// Sends a command and waits until it is done.
    package func command(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        precondition(write(input, bytes, bytes.count) == bytes.count, "the server is gone: errno \(errno)")
        let answer = Self.line(from: output)
        precondition(answer == "ok", "\(line): \(answer)")
    }

    /// Kills it, at once, if it still lives.
    package func stop() {
        process.withLock { process in
            guard process != 0 else { return }
            kill(process, SIGKILL)
            var status: CInt = 0
            waitpid(process, &status, 0)
            process = 0
            close(input)
            close(output)
        }
    }

    private static func line(from descriptor: CInt) -> String {
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") { text.append(byte) }
        return String(decoding: text, as: UTF8.self)
    }
}
