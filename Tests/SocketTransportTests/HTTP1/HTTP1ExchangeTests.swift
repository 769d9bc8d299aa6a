// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import SocketTransport

@Suite("HTTP1Exchange")
struct HTTP1ExchangeTests {
    @Test("an answer comes with status, version, fields, body, address and phases")
    func answer() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("hello", fields: "X-Probe:  yes \r\n"))
        defer { server.stop() }
        let fetched = try await fetchPlain(plainRequest(server.port, path: "/a/../b?c=d"))
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

    @Test(
        "the same bytes are sent that libcurl sends",
        arguments: ["GET", "HEAD", "POST", "PUT", "PURGE"],
        [nil, "{}"]
    )
    func sameBytes(method: String, body: String?) async throws {
        let server = ByteServer(.readRequest, ByteServer.answer(""))
        defer { server.stop() }
        let asked = try plainRequest(server.port) { request in
            request.method = method
            request.body = body.map { Array($0.utf8) }
            request.headers = [
                HTTPField(name: "Host", value: "shop.test"), HTTPField(name: "X-Empty", value: ""),
                HTTPField(name: "X-Probe", value: "1"),
            ]
        }
        // An answer to HEAD has no body, whatever libcurl is given to send.
        if method != "HEAD" || body == nil {
            _ = try await fetchPlain(asked)
            try await withLoop { loop in
                let client = HTTPClient(on: loop)
                _ = await client.fetch(asked, on: loop)
            }
            #expect(server.requests.count == 2)
            #expect(server.requests.first == server.requests.last)
        }
    }

    @Test("a given address is contacted instead of the name's, from the given source, and the name stays in Host")
    func chosenAddresses() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let asked = try plainRequest(server.port, host: "shop.test") { request in
            request.resolve = IPAddress("127.0.0.1")
            request.source = IPAddress("127.0.0.2")
        }
        let fetched = try await fetchPlain(asked)
        #expect(fetched.answer?.status == 200)
        #expect(fetched.result.address == "127.0.0.1:\(server.port)")
        #expect(server.requests.first?.contains("\r\nHost: shop.test:\(server.port)\r\n") == true)
        #expect(server.peers == ["127.0.0.2"])
    }

    @Test("only addresses of the family that is asked for are contacted")
    func family() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let asked = try plainRequest(server.port, host: "shop.test") { $0.family = .ipv6 }
        let fetched = try await fetchPlain(asked, names: ["shop.test": loopbackAnswer(server.port)])
        #expect(fetched.reason == .dns)
        #expect(server.accepted == 0)
    }

    @Test("fields of one exchange come after the prepared ones, and are gone with it")
    func addedFields() async throws {
        let answer = ByteServer.answer("ok")
        let server = ByteServer(.readRequest, answer, .readRequest, answer, .silence)
        defer { server.stop() }
        let asked = try plainRequest(server.port)
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = prepared(asked, client, on: loop)
            let fields = [HTTPField(name: "Authorization", value: "Bearer x")]
            _ = await client.run(exchange, adding: fields, on: loop)
            _ = await client.run(exchange, on: loop)
            exchange.close(on: loop)
        }
        #expect(server.requests.map { $0.contains("Authorization: Bearer x\r\n") } == [true, false])
        #expect(server.accepted == 1)
    }

    @Test("a kept connection carries the next exchange, whose connection phases are then nil")
    func reuse() async throws {
        let answer = ByteServer.answer("ok")
        let server = ByteServer(.readRequest, answer, .readRequest, answer, .silence)
        defer { server.stop() }
        let kept = try plainRequest(server.port)
        let (first, second) = try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = prepared(kept, client, on: loop)
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
        let fresh = try plainRequest(server.port) { $0.connection = .fresh }
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = prepared(fresh, client, on: loop)
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
        let kept = try plainRequest(server.port) { $0.method = method }
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = prepared(kept, client, on: loop)
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
        let kept = try plainRequest(server.port) { $0.method = method }
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = prepared(kept, client, on: loop)
            _ = await client.run(exchange, on: loop)
            let second = await client.run(exchange, on: loop)
            #expect(second.reason == .protocolError)
            #expect(second.message == "connection closed without an answer")
            exchange.close(on: loop)
        }
        #expect(server.accepted == 2)
    }

    @Test(
        "a kept connection on which the server speaks unasked, or which it ends, is let go",
        arguments: [true, false]
    )
    func unasked(speaks: Bool) async throws {
        let after: [ByteServer.Step] = speaks ? [.send("HTTP/1.1 408 Timeout\r\n\r\n"), .silence] : []
        let server = ByteServer([
            [.readRequest, ByteServer.answer("ok")] + after, [.readRequest, ByteServer.answer("new"), .silence],
        ])
        defer { server.stop() }
        let kept = try plainRequest(server.port)
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = prepared(kept, client, on: loop)
            _ = await client.run(exchange, on: loop)
            let end = loop.kernel.now.advanced(by: .seconds(20))
            while loop.budget.held > 0, loop.kernel.now < end { await Task.yield() }
            #expect(loop.budget.held == 0)
            let second = await client.run(exchange, on: loop)
            #expect(second.answer?.body == Array("new".utf8))
            exchange.close(on: loop)
        }
    }

    @Test("a body larger than any buffer is read to its end")
    func large() async throws {
        let body = String(repeating: "0123456789abcdef", count: 100_000)
        let server = ByteServer(.readRequest, ByteServer.answer(body))
        defer { server.stop() }
        let asked = try plainRequest(server.port) { request in
            request.maximumBodyBytes = 2_000_000
            request.keptBodyBytes = 2_000_000
        }
        let fetched = try await fetchPlain(asked)
        #expect(fetched.answer?.body.count == 1_600_000)
        let isSame = fetched.answer?.body == Array(body.utf8)
        #expect(isSame)
    }

    @Test("a cancelled exchange tells nobody and leaves nothing behind")
    func cancel() async throws {
        let server = ByteServer(.readRequest, .silence)
        defer { server.stop() }
        let silent = try plainRequest(server.port)
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = prepared(silent, client, on: loop)
            exchange.start(deadline: loop.now.advanced(by: .seconds(30)), token: 1, for: Unwanted(), on: loop)
            #expect(loop.budget.held == 1)
            exchange.cancel(on: loop)
            #expect(loop.budget.held == 0)
            exchange.close(on: loop)
        }
    }

    @Test("a request that needs more than HTTP/1.1 is not carried", arguments: 0..<10)
    func others(_ number: Int) throws {
        let proxy = try HostPort("127.0.0.1:3128")
        let request = try plainRequest(80) { request in
            switch number {
            case 0: request.url = HTTPURL(isSecure: true, address: request.url.address, path: "/")
            case 1: request.version = .http2
            case 2: request.version = .http2PriorKnowledge
            case 3: request.redirects = 1
            case 4: request.streamsAnswer = true
            case 5: request.decompresses = true
            case 7: request.proxy = proxy
            case 8: request.unixSocket = "/run/shop"
            case 6: request.headers = [HTTPField(name: "Connection", value: "close")]
            default: request.headers = [HTTPField(name: "transfer-encoding", value: "chunked")]
            }
        }
        #expect(!request.isPlain)
        #expect(try plainRequest(80).isPlain)
    }
}

private final class Unwanted: HTTPExchangeObserver {
    func exchanged(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop) {
        Issue.record("told \(result) of exchange \(token)")
    }
}
