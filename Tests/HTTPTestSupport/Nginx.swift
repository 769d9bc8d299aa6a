// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A real nginx in a folder of its own; `stop` it, or it stays.
///
/// It inherits its listening sockets, so the ports come from the kernel and stay the same across a restart.
package final class Nginx: Sendable {
    /// One plain port and one with TLS.
    package let port: UInt16
    package let securePort: UInt16
    private let sockets: [CInt]
    private let folder: String
    private let process = Mutex<pid_t>(0)

    /// Where the certificates of the tests are.
    package static let certificates =
        #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Certificates"

    /// Starts nginx.
    ///
    /// - Parameters:
    ///   - locations: `location` blocks for both ports.
    ///   - settings: settings of the `http` block, where `SECURE_PORT` stands for the secure port.
    ///   - certificate: the name of the certificate the secure port shows.
    package init(locations: String = "", settings: String = "", certificate: String = "good") {
        let plain = LocalSocket.bound(backlog: 511)
        let secure = LocalSocket.bound(backlog: 511)
        port = plain.port
        securePort = secure.port
        sockets = [plain.descriptor, secure.descriptor]
        var template = Array("/tmp/bellwether-nginx-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no folder: errno \(errno)")
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let configuration = """
            daemon off; worker_processes 1; \(getuid() == 0 ? "user root;" : "") pid \(folder)/pid; error_log \(folder)/error.log;
            events { worker_connections 1024; }
            http {
              access_log off; \(Self.filled(settings, port: secure.port))
              client_body_temp_path \(folder)/body; proxy_temp_path \(folder)/proxy; fastcgi_temp_path \(folder)/fastcgi;
              uwsgi_temp_path \(folder)/uwsgi; scgi_temp_path \(folder)/scgi;
              ssl_certificate \(Self.certificates)/\(certificate).pem;
              ssl_certificate_key \(Self.certificates)/\(certificate).key;
              server {
                listen 127.0.0.1:\(port);
                listen 127.0.0.1:\(securePort) ssl http2;
                location / { return 200 "ok\\n"; }
                \(locations)
              }
            }
            """
        let file = open("\(folder)/nginx.conf", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let bytes = Array(configuration.utf8)
        precondition(file >= 0 && write(file, bytes, bytes.count) == bytes.count, "cannot write: errno \(errno)")
        close(file)
        start()
    }

    private static func filled(_ settings: String, port: UInt16) -> String {
        settings.split(separator: "SECURE_PORT", omittingEmptySubsequences: false).joined(separator: String(port))
    }

    /// Stops the process, which closes its connections, and starts another on the same ports.
    package func restart() {
        terminate()
        start()
    }

    /// Stops the process and removes its folder.
    package func stop() {
        terminate()
        for socket in sockets { close(socket) }
        for name in ["nginx.conf", "pid", "error.log"] { unlink("\(folder)/\(name)") }
        for name in ["body", "proxy", "fastcgi", "uwsgi", "scgi"] { rmdir("\(folder)/\(name)") }
        rmdir(folder)
    }

    /// Where nginx finds its listening sockets: above any descriptor that a test opens.
    private static let firstInherited: CInt = 1_000

    private func start() {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (index, socket) in sockets.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, socket, Self.firstInherited + CInt(index))
        }
        // Sockets of servers that other tests run meanwhile: a copy in nginx would keep them open for their peers.
        for descriptor in 3..<Self.firstInherited { posix_spawn_file_actions_addclose(&actions, descriptor) }
        InheritedDescriptors.close(from: Self.firstInherited + CInt(sockets.count), in: &actions)
        let arguments = ["nginx", "-p", folder, "-e", "\(folder)/error.log", "-c", "\(folder)/nginx.conf"]
        let status = withCStrings(arguments) { argv in
            withCStrings(["NGINX=\(Self.firstInherited);\(Self.firstInherited + 1);"]) { environment in
                process.withLock { posix_spawn(&$0, "/usr/sbin/nginx", &actions, nil, argv, environment) }
            }
        }
        precondition(status == 0, "cannot start nginx: errno \(status)")
    }

    private func terminate() {
        let process = process.withLock(\.self)
        kill(process, SIGTERM)
        var status: CInt = 0
        waitpid(process, &status, 0)
    }

    private func withCStrings<Result>(
        _ texts: [String],
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return body(&pointers)
    }
}
