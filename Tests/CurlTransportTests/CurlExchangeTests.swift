// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import CurlTransport

@Suite("CurlExchange")
struct CurlExchangeTests {
    @Test("an answer comes with status, version, fields, body, address and phases")
    func answer() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("hello", fields: "X-Probe:  yes \r\n"))
        defer { server.stop() }
        let fetched = try await fetchOnce(request(server.port, path: "/a/../b?c=d"))
        let answer = try #require(fetched.answer)
        #expect(answer.status == 200)
        #expect(answer.version == "1.1")
        #expect(answer.headers.first("x-probe") == "yes")
        #expect(answer.body == Array("hello".utf8))
        #expect(answer.bodyLength == 5)
        #expect(fetched.result.address == "127.0.0.1:\(server.port)")
        #expect(!fetched.result.isReused)
        #expect(fetched.result.phases.dns == nil)
        #expect(fetched.result.phases.connect != nil)
        #expect(fetched.result.phases.tls == nil)
        #expect(fetched.result.phases.firstByte != nil)
        #expect(fetched.result.phases.transfer != nil)
        #expect(
            server.requests == [
                "GET /a/../b?c=d HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nAccept: */*\r\nUser-Agent: bellwether\r\n\r\n"
            ]
        )
    }

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

    @Test("a kept connection carries the next exchange, whose connection phases are then nil")
    func reuse() async throws {
        let answer = ByteServer.answer("ok")
        let server = ByteServer(.readRequest, answer, .readRequest, answer)
        defer { server.stop() }
        let kept = try request(server.port)
        let (first, second) = try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = client.transport.prepare(kept, on: loop)
            let first = await client.run(exchange, on: loop)
            let second = await client.run(exchange, on: loop)
            #expect(loop.budget.held == 1)
            exchange.close(on: loop)
            #expect(loop.budget.held == 0)
            return (first, second)
        }
        #expect(first.answer != nil && second.answer != nil)
        #expect(server.accepted == 1)
        #expect(!first.result.isReused && second.result.isReused)
        #expect(second.result.phases.connect == nil)
        #expect(second.result.phases.firstByte != nil)
        #expect(second.result.address == "127.0.0.1:\(server.port)")
    }

    @Test("a fresh connection is opened for every exchange and not kept")
    func fresh() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"), .silence)
        defer { server.stop() }
        let fresh = try request(server.port) { $0.connection = .fresh }
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = client.transport.prepare(fresh, on: loop)
            for _ in 0..<3 {
                let fetched = await client.run(exchange, on: loop)
                #expect(fetched.answer?.status == 200)
                #expect(!fetched.result.isReused)
                #expect(loop.budget.held == 0)
            }
            exchange.close(on: loop)
        }
        #expect(server.accepted == 3)
    }

    @Test(
        "a kept connection that dies on the next request is replaced once, without a failure",
        arguments: ["GET", "HEAD", "POST"],
        [false, true]
    )
    func dyingConnection(method: String, resets: Bool) async throws {
        let empty = ByteServer.answer("")
        let dies: [ByteServer.Step] = resets ? [.readRequest, .reset] : [.readRequest]
        let server = ByteServer([[.readRequest, empty] + dies, [.readRequest, empty, .silence]])
        defer { server.stop() }
        let kept = try request(server.port) { $0.method = method }
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = client.transport.prepare(kept, on: loop)
            let first = await client.run(exchange, on: loop)
            #expect(first.answer?.status == 200)
            let second = await client.run(exchange, on: loop)
            #expect(second.answer?.status == 200)
            #expect(!second.result.isReused)
            #expect(second.result.phases.connect != nil)
            exchange.close(on: loop)
            #expect(loop.budget.held == 0)
        }
        #expect(server.accepted == 2)
    }

    @Test("when the replacement dies as well, that is the failure", arguments: ["GET", "HEAD"])
    func dyingReplacement(method: String) async throws {
        let server = ByteServer([[.readRequest, ByteServer.answer(""), .readRequest], [.readRequest]])
        defer { server.stop() }
        let kept = try request(server.port) { $0.method = method }
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = client.transport.prepare(kept, on: loop)
            _ = await client.run(exchange, on: loop)
            let second = await client.run(exchange, on: loop)
            #expect(second.reason == .protocolError)
            #expect(second.message == "connection closed without an answer")
            exchange.close(on: loop)
        }
        #expect(server.accepted == 2)
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
