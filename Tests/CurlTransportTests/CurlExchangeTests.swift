// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import CurlTransport

@Suite("CurlExchange")
struct CurlExchangeTests {
    @Test("method, fields and body are sent as given, and nothing is added that was not")
    func requestAsGiven() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer(""))
        defer { server.stop() }
        let post = try request(server.port) { request in
            request.method = "POST"
            request.body = Array("{}".utf8)
            request.headers = [HTTPField(name: "Host", value: "shop.test"), HTTPField(name: "X-Empty", value: "")]
        }
        let fetched = try await fetchOnce(post)
        #expect(fetched.answer?.status == 200)
        #expect(
            server.requests == [
                "POST / HTTP/1.1\r\nHost: shop.test\r\nAccept: */*\r\nX-Empty:\r\nUser-Agent: bellwether\r\nContent-Length: 2\r\n\r\n"
            ]
        )
    }

    @Test("closing one exchange leaves the kept connections of others alone")
    func closeOne() async throws {
        let answer = ByteServer.answer("ok")
        let server = ByteServer(.readRequest, answer, .readRequest, answer, .silence)
        defer { server.stop() }
        let kept = try request(server.port)
        let other = ByteServer(.readRequest, answer, .silence)
        defer { other.stop() }
        let closed = try request(other.port)
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let staying = client.transport.prepare(kept, on: loop)
            let leaving = client.transport.prepare(closed, on: loop)
            _ = await client.run(staying, on: loop)
            _ = await client.run(leaving, on: loop)
            #expect(loop.budget.held == 2)
            leaving.close(on: loop)
            #expect(loop.budget.held == 1)
            let again = await client.run(staying, on: loop)
            #expect(again.result.isReused)
            staying.close(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    @Test("the environment's proxy is not used")
    func environment() async {
        // In a process of its own, because the environment is every test's.
        await #expect(processExitsWith: .success) {
            setenv("http_proxy", "http://127.0.0.1:1/", 1)
            setenv("ALL_PROXY", "http://127.0.0.1:1/", 1)
            let server = ByteServer(.readRequest, ByteServer.answer("ok"))
            let fetched = try await fetchOnce(request(server.port))
            exit(fetched.answer?.status == 200 ? EXIT_SUCCESS : EXIT_FAILURE)
        }
    }

    @Test("what a server compressed unasked is left as it is")
    func compressed() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("not gzip", fields: "Content-Encoding: gzip\r\n"))
        defer { server.stop() }
        let fetched = try await fetchOnce(request(server.port))
        #expect(fetched.answer?.body == Array("not gzip".utf8))
    }
}
