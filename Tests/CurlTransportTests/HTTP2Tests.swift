// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import CurlTransport

@Suite("HTTP/2", .serialized, .timeLimit(.minutes(1)))
struct HTTP2Tests {
    @Test(
        "the version asked for is the one that is spoken",
        arguments: [
            ("https", HTTPVersion.auto, "2"), ("https", .http1, "1.1"), ("https", .http2, "2"),
            ("https", .http2PriorKnowledge, "2"), ("http", .auto, "1.1"), ("http", .http1, "1.1"),
        ]
    )
    func version(scheme: String, version: HTTPVersion, spoken: String) async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let port = scheme == "https" ? nginx.securePort : nginx.port
        let fetched = try await fetchOnce(
            request(port, scheme: scheme) { request in
                request.version = version
                request.tls.authorityFile = authority
            }
        )
        #expect(fetched.answer?.version == spoken)
        #expect(fetched.answer?.status == 200)
    }

    @Test(
        "a server that does not agree to HTTP/2 fails as protocol, with the body left unread",
        arguments: [true, false]
    )
    func refused(isSecure: Bool) async throws {
        let nginx = Nginx(settings: "server { listen 127.0.0.2:SECURE_PORT ssl; location / { return 200 no; } }")
        defer { nginx.stop() }
        // nginx listens on the second address only once it runs.
        _ = try await fetchOnce(request(nginx.port))
        let (host, scheme) = isSecure ? ("127.0.0.2", "https") : ("127.0.0.1", "http")
        let prepared = try request(isSecure ? nginx.securePort : nginx.port, host: host, scheme: scheme) { request in
            request.version = .http2
            request.tls.verify = false
        }
        let fetched = try await fetchOnce(prepared)
        #expect(fetched.reason == .protocolError)
        #expect(fetched.layer == .l7Response)
        if isSecure { #expect(fetched.message == "the server speaks HTTP/1.1, not HTTP/2") }
    }

    @Test("exchanges that ask for different versions do not share a connection")
    func apart() async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let versions = try await withLoop { loop in
            let client = HTTPClient(on: loop)
            var versions: [String?] = []
            var exchanges: [any HTTPExchange] = []
            for version in [HTTPVersion.http1, .http2, .auto, .http1] {
                let prepared = try request(nginx.securePort, scheme: "https") { request in
                    request.version = version
                    request.tls.authorityFile = authority
                }
                let exchange = client.transport.prepare(prepared, on: loop)
                exchanges.append(exchange)
                versions.append(await client.run(exchange, on: loop).answer?.version)
            }
            for exchange in exchanges { exchange.close(on: loop) }
            #expect(loop.budget.held == 0)
            return versions
        }
        #expect(versions == ["1.1", "2", "2", "1.1"])
    }

    @Test("a body of bytes is sent as it is, and the fields of one exchange are sent in that one only")
    func fields() async throws {
        let server = ByteServer([[.readRequest, ByteServer.answer("a")]])
        defer { server.stop() }
        let prepared = try request(server.port) { request in
            request.method = "POST"
            request.body = [0, 255]
            request.connection = .fresh
        }
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = client.transport.prepare(prepared, on: loop)
            _ = await client.run(exchange, adding: [HTTPField(name: "x-once", value: "1")], on: loop)
            _ = await client.run(exchange, on: loop)
            exchange.close(on: loop)
        }
        #expect(server.requests.map { $0.contains("x-once: 1\r\n") } == [true, false])
        #expect(server.requests.allSatisfy { $0.contains("Content-Length: 2\r\n") })
    }

    @Test("trailers stand apart from the fields, in HTTP/1.1 too")
    func trailers() async throws {
        let answer =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Head: 1\r\n\r\n2\r\nok\r\n0\r\nX-Tail: 2\r\n\r\n"
        let server = ByteServer(.readRequest, .send(answer))
        defer { server.stop() }
        let fetched = try await fetchOnce(request(server.port))
        #expect(fetched.answer?.headers.first("x-head") == "1")
        #expect(fetched.answer?.headers.first("x-tail") == nil)
        #expect(fetched.answer?.trailers.fields == [HTTPField(name: "X-Tail", value: "2")])
    }
}
