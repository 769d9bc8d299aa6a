// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// The real agent's listeners, asked by clients that others wrote: curl and grpcio.
@Suite("Listeners of the agent")
struct ListenerTests {
    private static let repository = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    private static let certificates = repository + "/Tests/HTTPTestSupport/Certificates"
    private static let clients = repository + "/Tests/EndToEndTests/Clients"

    /// An agent with one target that is up and one that is down, behind a port in plain text and one with TLS.
    private static func agent(in folder: TemporaryFolder) throws -> (agent: Agent, secure: UInt16) {
        let probes = """
            probes:
              up: {script: {command: [/bin/true]}, interval: 1s}
              down: {script: {command: [/bin/sh, -c, 'exit 2']}, impact: informational, interval: 1s}

            """
        folder.write("tok-123\n", to: "token")
        folder.write(TemporaryFolder.read(certificates + "/good.pem"), to: "good.pem")
        folder.write(TemporaryFolder.read(certificates + "/good.key"), to: "good.key", mode: 0o600)
        let authority = clientAuthority(in: folder)
        let secure = Port.free()
        let settings = """
            agent: {drain: 2s}
            listen:
              - {address: '127.0.0.1:0'}
              - address: 0.0.0.0:\(secure)
                tls: {certificate: ./good.pem, key: ./good.key, client_ca: \(authority)}
                token: {file: ./token}

            """
        return (try Agent(probes: ["a.yaml": probes], settings: settings, in: folder), secure)
    }

    /// Makes an authority and a client's certificate, and gives the authority's path.
    private static func clientAuthority(in folder: TemporaryFolder) -> String {
        let script = """
            set -e
            for name in ca client; do openssl ecparam -name prime256v1 -genkey -noout -out $name.key; done
            openssl req -x509 -new -key ca.key -subj /CN=clients -days 2 -out ca.pem
            openssl req -new -key client.key -subj /CN=client -out client.csr
            openssl x509 -req -in client.csr -CA ca.pem -CAkey ca.key -set_serial 1 -days 2 -out client.pem
            """
        let process = ChildProcess(["sh", "-c", script], in: folder, name: "openssl")
        #expect(process.waitForExit() == 0, "\(process.errors)")
        return folder.path + "/ca.pem"
    }

    private static func curl(_ arguments: [String], in folder: TemporaryFolder) -> String {
        let format = ["-sS", "-m", "10", "-o", "/dev/null", "-w", "%{http_code} %{http_version}"]
        // A name of its own: the outputs of children are appended to.
        let process = ChildProcess(["curl"] + format + arguments, in: folder, name: "curl-\(arguments.hashValue)")
        _ = process.waitForExit()
        return process.output
    }

    @Test("curl speaks HTTP/1.1 and HTTP/2, in plain text and by ALPN, and gets the same codes")
    func versions() throws {
        let folder = TemporaryFolder()
        let (agent, secure) = try Self.agent(in: folder)
        #expect(agent.waits(for: 200))
        let plain = "http://127.0.0.1:\(agent.port)/readyz"
        #expect(Self.curl([plain], in: folder) == "200 1.1")
        #expect(Self.curl(["--http2-prior-knowledge", plain], in: folder) == "200 2")
        #expect(Self.curl(["--http2", plain], in: folder) == "200 1.1", "an upgrade is not taken up")
        let trust = ["--cacert", Self.certificates + "/authority.pem"]
        let url = "https://127.0.0.1:\(secure)/"
        #expect(Self.curl(trust + [url + "readyz"], in: folder) == "200 2")
        #expect(Self.curl(trust + ["--http1.1", url + "readyz"], in: folder) == "200 1.1")
        #expect(Self.curl(trust + ["--tls-max", "1.1", url + "readyz"], in: folder) == "000 0")
        #expect(Self.curl(trust + [url + "metrics"], in: folder) == "401 2")
        #expect(
            Self.curl(trust + ["-H", "Authorization: Bearer tok-123", url + "api/v1/targets"], in: folder) == "200 2"
        )
        let certificate = ["--cert", folder.path + "/client.pem", "--key", folder.path + "/client.key"]
        #expect(Self.curl(trust + certificate + [url + "metrics"], in: folder) == "200 2")
        let foreign = ["--cert", Self.certificates + "/good.pem", "--key", Self.certificates + "/good.key"]
        let refused = Self.curl(trust + foreign + ["--http1.1", url + "readyz"], in: folder)
        #expect(refused.hasPrefix("000"), "a certificate that does not verify ends the handshake: \(refused)")
        agent.process.send(SIGTERM)
        #expect(agent.process.waitForExit() == 0)
        #expect(!agent.process.errors.contains("tok-123"))
    }

    @Test("grpcio gets statuses, changes and errors as the protocol has them, in plain text and over TLS")
    func grpc() throws {
        let folder = TemporaryFolder()
        let (agent, secure) = try Self.agent(in: folder)
        let isSettled = Deadline().wait { () -> Bool? in
            HTTPClient.get("/readyz/down", port: agent.port)?.status == 503 && agent.code("/readyz/up") == 200
                ? true : nil
        }
        #expect(isSettled == true)
        let breakerOpen = Deadline().wait { () -> Bool? in
            agent.process.errors.contains("\"breaker\":\"open\"") ? true : nil
        }
        #expect(breakerOpen == true)
        func client(_ arguments: [String], name: String) -> ChildProcess {
            let python = Self.repository + "/.build/python/bin/python"
            return ChildProcess([python, Self.clients + "/health_client.py"] + arguments, in: folder, name: name)
        }
        let plain = client(["127.0.0.1:\(agent.port)"], name: "plain")
        let overTLS = client(
            ["localhost:\(secure)", Self.certificates + "/authority.pem"],
            name: "tls"
        )
        let watching = Deadline().wait { () -> Bool? in
            plain.output.contains("watch - SERVING") && overTLS.output.contains("watch - SERVING") ? true : nil
        }
        #expect(watching == true, "\(plain.output) \(plain.errors) \(overTLS.errors)")
        agent.process.send(SIGTERM)
        #expect(agent.process.waitForExit() == 0)
        #expect(plain.waitForExit() == 0 && overTLS.waitForExit() == 0)
        func golden(list: String) -> String {
            """
            check - SERVING
            check up SERVING
            check down NOT_SERVING
            check none NOT_FOUND
            list \(list)
            unknown method UNIMPLEMENTED
            unknown service UNIMPLEMENTED
            no message INVALID_ARGUMENT
            compressed UNIMPLEMENTED
            too large RESOURCE_EXHAUSTED
            watch none SERVICE_UNKNOWN
            watch none DEADLINE_EXCEEDED
            watch - SERVING
            watch - NOT_SERVING
            watch - UNAVAILABLE

            """
        }
        #expect(plain.output == golden(list: "-=SERVING down=NOT_SERVING up=SERVING"))
        #expect(overTLS.output == golden(list: "-=SERVING"), "a listener without detail names no targets")
    }

    @Test("sockets of the service manager are served by name and in order, and no script inherits them")
    func inherited() throws {
        let folder = TemporaryFolder()
        let script = "ls -l /proc/$$/fd | tr '\\n' ' '"
        let probes = "probes: {fds: {script: {command: [/bin/sh, -c, \"\(script)\"]}}}\n"
        folder.write(probes, to: "probes.d/a.yaml")
        let settings = """
            agent: {drain: 0s}
            listen: [{address: systemd}, {address: 'systemd:status', degraded: 503}]

            """
        let configuration = folder.write(settings, to: "bellwether.yaml")
        let process = ChildProcess(
            [
                "python3", Self.clients + "/inherit.py", "first:status:spare", Agent.binary, "run", "--config",
                configuration,
            ],
            in: folder,
            name: "agent"
        )
        let started = Deadline().wait { () -> Bool? in process.errors.contains("started") ? true : nil }
        #expect(started == true, "\(process.errors)")
        let line = process.errors.split(separator: "\n").first { $0.hasPrefix("ports ") } ?? ""
        let ports = line.split(separator: " ").dropFirst().compactMap { UInt16($0) }
        #expect(ports.count == 3)
        for port in ports.prefix(2) {
            #expect(HTTPClient.get("/livez", port: port)?.status == 200)
            #expect(HTTPClient.get("/api/v1/targets", port: port)?.status == 200, "its real address is a loopback one")
        }
        #expect(process.errors.contains("a socket was passed that no listener asks for"))
        let text = Deadline().wait { () -> String? in
            let body = ports.first.flatMap { HTTPClient.get("/api/v1/targets/fds", port: $0)?.body } ?? ""
            return body.contains("\"verdict\"") ? body : nil
        }
        #expect(text?.contains("/dev/null") == true, "it says what it has open: \(text ?? "no outcome")")
        #expect(text?.contains("socket:") == false, "\(text ?? "no outcome")")
        process.send(SIGTERM)
        #expect(process.waitForExit() == 0)
    }

    @Test("a certificate that cannot be used ends the start with its file and cause")
    func unusable() throws {
        let folder = TemporaryFolder()
        folder.write(TemporaryFolder.read(Self.certificates + "/good.pem"), to: "good.pem")
        folder.write(TemporaryFolder.read(Self.certificates + "/other.key"), to: "other.key")
        folder.write("probes: {}\n", to: "probes.d/a.yaml")
        let tls = "{certificate: ./good.pem, key: ./other.key}"
        let configuration = folder.write("listen: [{address: '127.0.0.1:0', tls: \(tls)}]\n", to: "bellwether.yaml")
        let process = ChildProcess([Agent.binary, "run", "--config", configuration], in: folder, name: "agent")
        #expect(process.waitForExit() == 69)
        let cause = "cannot listen on 127.0.0.1:0: tls: key \(folder.path)/other.key does not belong to certificate"
        #expect(process.errors.contains(cause), "\(process.errors)")
    }

    @Test("h2load's streams are all answered, in plain text and by TLS, a hundred at a time", arguments: [false, true])
    func manyStreams(isSecure: Bool) throws {
        let folder = TemporaryFolder()
        let (agent, secure) = try Self.agent(in: folder)
        #expect(agent.waits(for: 200))
        let url = isSecure ? "https://127.0.0.1:\(secure)/readyz" : "http://127.0.0.1:\(agent.port)/readyz"
        let process = ChildProcess(["h2load", "-n2000", "-c4", "-m100", "-T30", url], in: folder, name: "h2load")
        #expect(process.waitForExit() == 0, "\(process.errors)")
        // Whatever the status is: on a slow machine a verdict may grow old meanwhile.
        for answered in ["2000 total, 2000 started, 2000 done,", ", 0 errored, 0 timeout"] {
            #expect(process.output.range(of: answered) != nil, "\(process.output)")
        }
    }
}
