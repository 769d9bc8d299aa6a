// SPDX-License-Identifier: Apache-2.0

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
            request.body = "{}"
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
}
