// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A real nginx on 127.0.0.1, with everything it writes in the test's folder.
final class Nginx {
    let port: UInt16
    private let folder: TemporaryFolder
    private let configuration: String
    private var process: ChildProcess?

    init(in folder: TemporaryFolder, port: UInt16 = Port.free()) {
        self.port = port
        self.folder = folder
        configuration = folder.write(
            """
            daemon off; master_process off; worker_processes 1;
            pid \(folder.path)/nginx.pid; error_log stderr;
            events { worker_connections 4096; }
            http {
              access_log off;
              client_body_temp_path \(folder.path)/b; proxy_temp_path \(folder.path)/p;
              fastcgi_temp_path \(folder.path)/f; uwsgi_temp_path \(folder.path)/u; scgi_temp_path \(folder.path)/s;
              server { listen 127.0.0.1:\(port); location / { return 200 "ok\\n"; } location /broken { return 500; } }
            }

            """,
            to: "nginx.conf"
        )
        start()
    }

    func start() {
        process = ChildProcess(
            ["nginx", "-c", configuration, "-e", folder.path + "/nginx.err"],
            in: folder,
            name: "nginx"
        )
        let answers = Deadline().wait { HTTPClient.get("/", port: port)?.status == 200 ? true : nil }
        precondition(answers == true, "nginx does not answer: \(process?.errors ?? "")")
    }

    /// Kills it, as a crash would.
    func kill() {
        process?.send(SIGKILL)
        _ = process?.waitForExit()
        process = nil
    }
}
