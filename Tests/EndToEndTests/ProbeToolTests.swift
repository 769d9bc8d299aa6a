// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import Testing

/// `bellwether probe` as a tool for people: series, traces and certificates.
@Suite("bellwether probe, end to end", .timeLimit(.minutes(2)))
struct ProbeToolTests {
    private static func probe(
        _ arguments: [String],
        in folder: TemporaryFolder,
        environment: [String: String] = [:]
    ) -> ChildProcess {
        ChildProcess([Agent.binary, "probe"] + arguments, in: folder, environment: environment, name: "probe")
    }

    @Test("a trace shows request and answer, and hides every secret of the probe")
    func trace() {
        let server = ScriptedServer { connection in
            connection.readRequest()
            connection.write(
                "HTTP/1.1 200 OK\r\nSet-Cookie: session=42\r\nContent-Length: 19\r\n\r\nhello hunter2-secret"
            )
        }
        let folder = TemporaryFolder()
        folder.write(
            """
            probes:
              a:
                http:
                  url: http://127.0.0.1:\(server.port)/x
                  auth: {basic: {user: u, password: {env: PASSWORD}}}
            """,
            to: "probes.d/a.yaml"
        )
        let process = Self.probe(
            ["a", "--probes", folder.path + "/probes.d", "--trace"],
            in: folder,
            environment: ["PASSWORD": "hunter2-secret"]
        )
        #expect(process.waitForExit() == 0, "\(process.errors)")
        let trace = process.errors
        #expect(trace.contains("first byte  > GET /x HTTP/1.1\\r\\n"), "\(trace)")
        #expect(trace.contains("> Authorization: ***\\r\\n"), "\(trace)")
        #expect(trace.contains("transfer    < HTTP/1.1 200 OK\\r\\n"), "\(trace)")
        #expect(trace.contains("< Set-Cookie: ***\\r\\n"), "\(trace)")
        #expect(trace.contains("< hello ***"), "\(trace)")
        let all = trace + process.output
        #expect(!all.contains("hunter2") && !all.contains("dTpodW50ZXIy") && !all.contains("session=42"))
    }

    @Test("a trace of gRPC shows fields and not how they are packed, and hides its secrets")
    func grpcTrace() {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let folder = TemporaryFolder()
        folder.write(
            """
            probes:
              a:
                grpc:
                  address: 127.0.0.1:\(server.port)
                  service: metadata
                  metadata: {x-key: {env: KEY}}
            """,
            to: "probes.d/a.yaml"
        )
        let process = Self.probe(
            ["a", "--probes", folder.path + "/probes.d", "--trace"],
            in: folder,
            environment: ["KEY": "hunter2-secret"]
        )
        #expect(process.waitForExit() == 2)
        let trace = process.errors
        #expect(trace.contains("first byte  > :method: POST\\r\\n"), "\(trace)")
        #expect(trace.contains("> x-key: ***\\r\\n"), "\(trace)")
        #expect(trace.contains("< HTTP/2 200\\r\\n"), "\(trace)")
        #expect(trace.contains("< grpc-status: 16\\r\\n"), "\(trace)")
        #expect(!(trace + process.output).contains("hunter2"), "\(trace)")
    }

    @Test("a trace of a script shows its command line, its outputs and its end")
    func scriptTrace() {
        let folder = TemporaryFolder()
        let process = Self.probe(
            ["--trace", "--script", "/bin/sh", "-c", "echo said; echo moaned >&2; exit 2"],
            in: folder
        )
        #expect(process.waitForExit() == 2)
        let trace = process.errors
        #expect(trace.contains("/bin/sh -c 'echo said; echo moaned >&2; exit 2'"), "\(trace)")
        #expect(trace.contains("stdout      < said\\n"), "\(trace)")
        #expect(trace.contains("stderr      < moaned\\n"), "\(trace)")
        #expect(trace.contains("exit        exit code 2"), "\(trace)")
    }

    @Test("a series prints a line for each run and a summary, and its exit code is that of the worst run")
    func series() {
        let folder = TemporaryFolder()
        folder.write("1", to: "state")
        let script = "cd \(folder.path); read n < state; echo $((n + 1)) > state; test $n -ne 2"
        let process = Self.probe(
            ["--repeat", "3", "--interval", "10ms", "--script", "/bin/sh", "-c", script],
            in: folder
        )
        #expect(process.waitForExit() == 1, "\(process.errors)")
        let lines = process.output.split(separator: "\n")
        #expect(lines.count == 7, "\(process.output)")
        #expect(lines.first?.hasPrefix("   1  healthy ") == true)
        #expect(lines.dropFirst().first?.hasPrefix("   2  degraded ") == true)
        #expect(process.output.contains("3 probes: 2 healthy, 1 degraded; 0% failed\n"))
    }

    @Test("Ctrl-C ends a run under way at once, leaves no process of it, and the summary is of the runs that ended")
    func interruption() throws {
        let folder = TemporaryFolder()
        let marker = "\(getpid()).\(UInt32.random(in: 0...999_999))"
        let process = Self.probe(
            [
                "--interval", "1s", "--timeout", "1m", "--script", "/bin/sh", "-c",
                "touch \(folder.path)/started; exec sleep 6\(marker)",
            ],
            in: folder
        )
        let hasStarted = Deadline().wait { TemporaryFolder.entries(of: folder.path).contains("started") ? true : nil }
        #expect(hasStarted == true)
        process.send(SIGINT)
        #expect(process.waitForExit() == 3, "\(process.errors)")
        #expect(process.output.hasSuffix("\nno probe has ended\n"), "\(process.output)")
        let search = ChildProcess(["pgrep", "-f", "sleep 6\(marker)"], in: folder, name: "pgrep")
        #expect(search.waitForExit() == 1, "left behind: \(search.output)")
    }

    @Test("a tls probe warns of a certificate that ends soon, and shows it")
    func certificate() throws {
        let folder = TemporaryFolder()
        let request = ChildProcess(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
                "5",
                "-keyout", folder.path + "/k.pem", "-out", folder.path + "/c.pem", "-subj", "/CN=shop.test",
                "-addext", "subjectAltName=DNS:shop.test",
            ],
            in: folder,
            name: "openssl"
        )
        #expect(request.waitForExit() == 0, "\(request.errors)")
        let port = Port.free()
        let server = ChildProcess(
            ["openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-key", "k.pem", "-cert", "c.pem", "-quiet"],
            in: folder,
            name: "server"
        )
        defer { server.send(SIGKILL) }
        folder.write(
            "probes: {shop: {tls: {address: '127.0.0.1:\(port)', server_name: shop.test, ca: \(folder.path)/c.pem}}}\n",
            to: "probes.d/a.yaml"
        )
        var process: ChildProcess?
        let code = Deadline().wait { () -> CInt? in
            process = Self.probe(["shop", "--probes", folder.path + "/probes.d"], in: folder)
            return process?.waitForExit() == 1 ? 1 : nil
        }
        let output = process?.output ?? ""
        #expect(code == 1, "\(output) \(process?.errors ?? "")")
        #expect(
            output.contains("tls_expired (L6OK): certificate of CN=shop.test ends in "),
            "\(output)"
        )
        #expect(
            output.contains("\n  certificate   CN=shop.test\n    issuer      CN=shop.test\n    names       shop.test\n")
        )
        #expect(output.contains(", verified\n"), "\(output)")
        // Five days, less what has passed since it was made.
        #expect(output.contains(", 4 days left") || output.contains(", 5 days left"), "\(output)")
    }
}
