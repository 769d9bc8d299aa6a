// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// The built `bellwether`, running on a configuration of its own.
final class Agent {
    let folder: TemporaryFolder
    let process: ChildProcess
    let port: UInt16

    /// The binary beside the test bundle.
    static var binary: String {
        let build = CommandLine.arguments[0].split(separator: "/").dropLast().joined(separator: "/")
        return "/" + build + "/bellwether"
    }

    /// Writes the probe files, starts the agent on a port from the kernel, and waits until it listens.
    ///
    /// - Parameters:
    ///   - probes: file name in probes.d → YAML.
    ///   - settings: more top-level keys for bellwether.yaml.
    ///   - folder: where everything is written.
    ///   - prefix: a command that starts the agent, which comes as its arguments.
    /// - Throws: when it does not listen; the test has failed by then.
    init(
        probes: [String: String],
        settings: String = "agent: {drain: 1s}\n",
        in folder: TemporaryFolder = TemporaryFolder(),
        through prefix: [String] = []
    ) throws {
        self.folder = folder
        mkdir(folder.path + "/probes.d", 0o755)
        for (name, text) in probes { folder.write(text, to: "probes.d/" + name) }
        let listen = settings.contains("listen:") ? "" : "listen: [{address: '127.0.0.1:0'}]\n"
        let configuration = folder.write(settings + listen + "log: {format: json}\n", to: "bellwether.yaml")
        process = ChildProcess(
            prefix + [Self.binary, "run", "--config", configuration, "--socket", folder.path + "/admin.sock"],
            in: folder,
            name: "agent"
        )
        let process = process
        let port = Deadline().wait { () -> UInt16?? in
            if let port = Self.listeningPort(in: process.errors) { return port }
            return process.isRunning ? nil : .some(nil)
        }
        guard let port, let port else {
            Issue.record("the agent does not listen: \(process.errors)")
            throw NotListening()
        }
        self.port = port
    }

    struct NotListening: Error {}

    /// The path of the admin socket.
    var socket: String { folder.path + "/admin.sock" }

    /// The status code of `path`; nil when there is no answer.
    func code(_ path: String = "/readyz") -> Int? {
        HTTPClient.get(path, port: port)?.status
    }

    /// Waits until `path` answers `status`; false when it does not in time.
    func waits(for status: Int, at path: String = "/readyz", deadline: Deadline = Deadline()) -> Bool {
        deadline.wait { code(path) == status ? true : nil } ?? false
    }

    /// Waits until `/readyz` answers `status` with a field of that name; false when it does not in time.
    func waits(for status: Int, with field: String) -> Bool {
        Deadline().wait {
            guard let answer = HTTPClient.get("/readyz", port: port), answer.status == status else { return nil }
            return answer.headers[field] == nil ? nil : true
        } ?? false
    }

    private static func listeningPort(in log: String) -> UInt16? {
        for line in log.split(separator: "\n") where line.contains("\"message\":\"listening\"") {
            guard let start = String(line).range(of: "\"address\":\"127.0.0.1:") else { continue }
            let digits = String(line)[start.upperBound...].prefix { $0.isNumber }
            if let port = UInt16(digits) { return port }
        }
        return nil
    }
}
