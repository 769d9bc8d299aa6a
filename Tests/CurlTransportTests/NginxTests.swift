// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import CurlTransport

@Suite("Exchanges with nginx")
struct NginxTests {
    @Test(
        "answers without a body end with their fields",
        arguments: [("GET", "/none", 204), ("HEAD", "/", 200), ("HEAD", "/gone", 404), ("GET", "/same", 304)]
    )
    func withoutBody(method: String, path: String, status: Int) async throws {
        let nginx = Nginx(
            locations: """
                location /none { return 204; } location /gone { return 404; } location /same { return 304; }
                """
        )
        defer { nginx.stop() }
        let fetched = try await fetchOnce(request(nginx.port, path: path) { $0.method = method })
        #expect(fetched.answer?.status == status)
        #expect(fetched.answer?.bodyLength == 0)
    }

    @Test(
        "a kept connection that the server closed meanwhile is replaced without a failure",
        arguments: ["GET", "HEAD"]
    )
    func restart(method: String) async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let kept = try request(nginx.port) { $0.method = method }
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = client.transport.prepare(kept, on: loop)
            let first = await client.run(exchange, on: loop)
            let second = await client.run(exchange, on: loop)
            nginx.restart()
            let third = await client.run(exchange, on: loop)
            #expect(first.answer?.status == 200)
            #expect(second.answer?.status == 200 && second.result.isReused)
            #expect(third.answer?.status == 200 && !third.result.isReused)
            exchange.close(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    @Test("HTTPS uses HTTP/2 where the server offers it, and the TLS handshake is a phase of its own")
    func http2() async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let secure = try request(nginx.securePort, scheme: "https") { $0.tls.authorityFile = authority }
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = client.transport.prepare(secure, on: loop)
            let first = await client.run(exchange, on: loop)
            #expect(first.answer?.status == 200)
            #expect(first.answer?.version == "2")
            #expect(first.result.phases.tls.map { $0 > .zero } == true)
            let second = await client.run(exchange, on: loop)
            #expect(second.answer?.status == 200 && second.result.isReused)
            #expect(second.result.phases.tls == nil)
            exchange.close(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    @Test("a large body is read to its end although edges come only once")
    func largeBody() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer(String(repeating: "0123456789abcdef", count: 200_000)))
        defer { server.stop() }
        let fetched = try await fetchOnce(request(server.port) { $0.maximumBodyBytes = 4_000_000 })
        #expect(fetched.answer?.bodyLength == 3_200_000)
    }

    @Test("a large request body is written to its end although edges come only once")
    func largeRequest() async throws {
        let nginx = Nginx(settings: "client_max_body_size 8m;")
        defer { nginx.stop() }
        let large = try request(nginx.port) { request in
            request.method = "POST"
            request.body = Array(String(repeating: "0123456789abcdef", count: 200_000).utf8)
        }
        let fetched = try await fetchOnce(large)
        #expect(fetched.answer?.status == 200)
    }
}

/// The authority that signed the certificates of the tests.
let authority = Nginx.certificates + "/authority.pem"
