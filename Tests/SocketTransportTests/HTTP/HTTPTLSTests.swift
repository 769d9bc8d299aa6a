// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@Suite("HTTPS: trust, names and ends, whoever carries it")
struct HTTPTLSTests {
    @Test(
        "a certificate that does not hold has a reason of its own",
        arguments: [
            ("expired", FailureReason.tlsExpired, "the certificate of CN=expired ended at 2020-01-02T00:00:00Z"),
            ("early", .tlsExpired, "the certificate of CN=early is not valid before 2120-01-01T00:00:00Z"),
            ("other", .tlsHostname, "the certificate is for other.test, not for 127.0.0.1"),
        ],
        Carrier.allCases
    )
    func badCertificate(
        _ line: (certificate: String, reason: FailureReason, message: String),
        _ carrier: Carrier
    ) async throws {
        let (certificate, reason, message) = line
        let nginx = Nginx(certificate: certificate)
        defer { nginx.stop() }
        let fetched = try await fetch(
            request(nginx.securePort, scheme: "https") { $0.tls.authorityFile = authority },
            over: carrier
        )
        #expect(fetched.reason == reason)
        #expect(fetched.layer == .l6Response)
        #expect(fetched.message == message)
        #expect(fetched.result.failure?.failure.evidence.phase == .tls)
    }

    @Test(
        "an authority that nobody trusts is tls_untrusted with the system's bundle, and passes unverified",
        arguments: Carrier.allCases
    )
    func untrusted(_ carrier: Carrier) async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let untrusted = try await fetch(request(nginx.securePort, scheme: "https"), over: carrier)
        #expect(untrusted.reason == .tlsUntrusted)
        #expect(untrusted.layer == .l6Response)
        let unverified = try await fetch(
            request(nginx.securePort, scheme: "https") { $0.tls.verify = false },
            over: carrier
        )
        #expect(unverified.answer?.status == 200)
    }

    @Test(
        "a server name of its own is asked for and checked, and the Host field stays the URL's",
        arguments: Carrier.allCases
    )
    func serverName(_ carrier: Carrier) async throws {
        let nginx = Nginx(locations: "location /names { return 200 '$ssl_server_name $http_host'; }")
        defer { nginx.stop() }
        let named = try request(nginx.securePort, scheme: "https", path: "/names") { request in
            request.tls.authorityFile = authority
            request.tls.serverName = "target.test"
        }
        let fetched = try await fetch(named, over: carrier)
        let body = fetched.answer.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(body == "target.test 127.0.0.1:\(nginx.securePort)")
        let wrong = try request(nginx.securePort, scheme: "https") { request in
            request.tls.authorityFile = authority
            request.tls.serverName = "wrong.test"
        }
        let refused = try await fetch(wrong, over: carrier)
        #expect(refused.reason == .tlsHostname)
    }

    @Test("a server name of its own works with a name to resolve as well", arguments: Carrier.allCases)
    func serverNameOfName(_ carrier: Carrier) async throws {
        let nginx = Nginx(locations: "location /names { return 200 '$ssl_server_name $http_host'; }")
        defer { nginx.stop() }
        let named = try request(nginx.securePort, host: "alias.test", scheme: "https", path: "/names") { request in
            request.tls.authorityFile = authority
            request.tls.serverName = "target.test"
        }
        let fetched = try await fetch(named, over: carrier, names: ["alias.test": loopbackAnswer(nginx.securePort)])
        let body = fetched.answer.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(body == "target.test alias.test:\(nginx.securePort)")
    }

    @Test("targets under one server name at different addresses do not share a connection", arguments: Carrier.allCases)
    func oneNameTwoServers(_ carrier: Carrier) async throws {
        let nginx = Nginx(settings: "server { listen 127.0.0.2:SECURE_PORT ssl; location / { return 204; } }")
        defer { nginx.stop() }
        let requests = try ["127.0.0.1", "127.0.0.2"].map { host in
            try request(nginx.securePort, host: host, scheme: "https") { request in
                request.tls.authorityFile = authority
                request.tls.serverName = "target.test"
            }
        }
        try await withLoop { loop in
            let client = HTTPClient(over: carrier, on: loop)
            let exchanges = requests.map { client.transport.prepare($0, on: loop) }
            for _ in 0..<2 {
                let first = await client.run(exchanges[0], on: loop)
                let second = await client.run(exchanges[1], on: loop)
                #expect(first.answer?.status == 200)
                #expect(second.answer?.status == 204)
            }
            for exchange in exchanges { exchange.close(on: loop) }
        }
    }

    @Test(
        "a missing or broken CA file is our own failure, and says which",
        arguments: ["/nowhere/ca.pem", "/dev/null"],
        Carrier.allCases
    )
    func badAuthorityFile(path: String, _ carrier: Carrier) async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let fetched = try await fetch(
            request(nginx.securePort, scheme: "https") { $0.tls.authorityFile = path },
            over: carrier
        )
        #expect(fetched.reason == .internal)
        #expect(fetched.message?.contains(path) == true)
    }

    @Test("a server that does not speak TLS is named as such", arguments: Carrier.allCases)
    func plainServer(_ carrier: Carrier) async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let fetched = try await fetch(request(nginx.port, scheme: "https"), over: carrier)
        #expect(fetched.reason == .tlsHandshake)
        #expect(fetched.layer == .l6Response)
        #expect(fetched.message == "the peer does not speak TLS")
    }

    @Test("a connection that ends during the handshake is told apart by how it ends", arguments: Carrier.allCases)
    func endsDuringHandshake(_ carrier: Carrier) async throws {
        let closing = ByteServer(.readSomething)
        let resetting = ByteServer(.readSomething, .reset)
        defer {
            closing.stop()
            resetting.stop()
        }
        let closed = try await fetch(request(closing.port, scheme: "https"), over: carrier)
        #expect(closed.reason == .tlsHandshake && closed.layer == .l6Response)
        #expect(closed.message == "connection closed during the TLS handshake")
        let reset = try await fetch(request(resetting.port, scheme: "https"), over: carrier)
        #expect(reset.reason == .reset && reset.layer == .l6Response)
        #expect(reset.message == "connection reset during the TLS handshake")
    }

    @Test("P5: a handshake that stalls ends by the deadline as a timeout of the TLS layer", arguments: Carrier.allCases)
    func stalledHandshake(_ carrier: Carrier) async throws {
        let server = ByteServer(.readSomething, .silence)
        defer { server.stop() }
        let fetched = try await fetch(request(server.port, scheme: "https"), over: carrier, timeout: .milliseconds(300))
        #expect(fetched.reason == .timeout)
        #expect(fetched.layer == .l6Timeout)
        #expect(fetched.message?.hasPrefix("connected, but no TLS session within ") == true)
        #expect(fetched.took >= .milliseconds(300) && fetched.took <= .milliseconds(550))
        #expect(fetched.result.phases.connect != nil && fetched.result.phases.tls != nil)
        #expect(fetched.result.phases.firstByte == nil)
    }

    @Test("a redirect from http to https on the same host is verified like any other", arguments: Carrier.allCases)
    func redirectToTLS(_ carrier: Carrier) async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let location = "Location: https://127.0.0.1:\(nginx.securePort)/\r\n"
        let server = ByteServer(.readRequest, ByteServer.answer("", status: "308 Permanent", fields: location))
        defer { server.stop() }
        let trusting = try request(server.port) { request in
            request.redirects = 1
            request.tls.authorityFile = authority
        }
        let fetched = try await fetch(trusting, over: carrier)
        #expect(fetched.answer?.status == 200)
        let suspicious = try await fetch(request(server.port) { $0.redirects = 1 }, over: carrier)
        #expect(suspicious.reason == .tlsUntrusted)
    }

    @Test(
        "a CA file that is replaced is read at the next handshake, and a broken one leaves the old in force",
        arguments: Carrier.allCases
    )
    func replacedAuthorityFile(_ carrier: Carrier) async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let file = TemporaryFile()
        defer { file.remove() }
        file.write("no certificate at all")
        let secure = try request(nginx.securePort, scheme: "https") { request in
            request.tls.authorityFile = file.path
            request.connection = .fresh
        }
        try await withLoop { loop in
            let client = HTTPClient(over: carrier, on: loop)
            let exchange = client.transport.prepare(secure, on: loop)
            let broken = await client.run(exchange, on: loop)
            #expect(broken.reason == .internal)
            file.write(TemporaryFile.contents(of: authority))
            let good = await client.run(exchange, on: loop)
            #expect(good.answer?.status == 200)
            file.write("broken again")
            let kept = await client.run(exchange, on: loop)
            #expect(kept.answer?.status == 200)
            exchange.close(on: loop)
        }
    }

    @Test("targets that trust different authorities never share a connection", arguments: Carrier.allCases)
    func separateTrust(_ carrier: Carrier) async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let trusting = try request(nginx.securePort, scheme: "https") { $0.tls.authorityFile = authority }
        let suspicious = try request(nginx.securePort, scheme: "https")
        try await withLoop { loop in
            let client = HTTPClient(over: carrier, on: loop)
            let first = client.transport.prepare(trusting, on: loop)
            let second = client.transport.prepare(suspicious, on: loop)
            let passed = await client.run(first, on: loop)
            #expect(passed.answer?.status == 200)
            let refused = await client.run(second, on: loop)
            #expect(refused.reason == .tlsUntrusted)
            first.close(on: loop)
            second.close(on: loop)
        }
    }
}
