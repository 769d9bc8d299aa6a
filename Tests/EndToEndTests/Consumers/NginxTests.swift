// SPDX-License-Identifier: Apache-2.0

import Testing

/// What a real nginx, which has no active checks and asks at each request, makes of the agents of two machines.
@Suite("nginx", .installed(.nginx))
struct NginxTests {
    /// The front and the machines' own servers, in one process.
    static func start(at site: Site, in folder: TemporaryFolder) throws -> ChildProcess {
        let front = try site.place(
            .nginxFront,
            ["listen 80;": "listen 127.0.0.1:\(site.frontPort);", "fail_timeout=10s": "fail_timeout=1s"]
        )
        let machines = try ["10.0.0.11", "10.0.0.12"].map { try site.place(.nginxMachine, ["10.0.0.11": $0]) }
        let configuration = folder.write(
            """
            daemon off; master_process off; worker_processes 1;
            pid \(folder.path)/nginx.pid; error_log stderr crit;
            events { worker_connections 1024; }
            http {
              access_log off;
              client_body_temp_path \(folder.path)/b; proxy_temp_path \(folder.path)/p;
              fastcgi_temp_path \(folder.path)/f; uwsgi_temp_path \(folder.path)/u; scgi_temp_path \(folder.path)/s;
            \(front)
            \(machines.joined())
            }

            """,
            to: "nginx.conf"
        )
        return ChildProcess(
            [try Consumer.nginx.required(), "-c", configuration, "-e", folder.path + "/nginx.err"],
            in: folder,
            name: "nginx"
        )
    }

    @Test("a machine that asks its agent refuses, the front goes on to the next one, and no client sees a failure")
    func refusedAndPassedOn() throws {
        let site = Site()
        let first = try Host(of: site, number: 11)
        let second = try Host(of: site, number: 12)
        let folder = TemporaryFolder()
        let nginx = try Self.start(at: site, in: folder)
        /// Waits until only these answer; whoever asks meanwhile gets an answer, too.
        func waits(forAnswersOf machines: Set<String>) -> Bool {
            Deadline().wait {
                let answers = site.answers()
                #expect(answers.isSubset(of: ["11", "12"]), "\(nginx.errors)")
                return answers == machines ? true : nil
            } ?? false
        }
        _ = Deadline().wait { site.answers(1) != ["none"] ? true : nil }
        #expect(waits(forAnswersOf: ["11", "12"]))
        first.cache.goDown()
        #expect(first.agent.waits(for: 200, with: "x-envoy-degraded"))
        #expect(waits(forAnswersOf: ["11", "12"]), "a degraded machine goes on")
        first.database.goDown()
        #expect(waits(forAnswersOf: ["12"]))
        first.database.comeBack()
        #expect(waits(forAnswersOf: ["11", "12"]))
        first.drain()
        #expect(waits(forAnswersOf: ["12"]))
        #expect(first.agent.process.isRunning, "the machine is out before its agent ends")
        #expect(first.end() == 0)
        // Without an agent there is no verdict, and a machine without one stays out.
        #expect(site.answers() == ["12"])
        #expect(second.end() != nil)
        let nobody = Deadline().wait { site.answers() == ["503"] || site.answers() == ["502"] ? true : nil }
        #expect(nobody == true)
    }
}
