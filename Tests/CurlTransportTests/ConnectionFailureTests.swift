// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import CurlTransport

@Suite("Connection failures")
struct ConnectionFailureTests {
    @Test("a port where nobody listens is refused at once")
    func refused() async throws {
        let (socket, port) = LocalSocket.bound(backlog: nil)
        defer { close(socket) }
        let fetched = try await fetchOnce(request(port), timeout: .seconds(20))
        #expect(fetched.reason == .refused)
        #expect(fetched.layer == .l4Connection)
        #expect(fetched.message == "connection refused")
        #expect(fetched.result.failure?.failure.evidence.systemError?.code == ECONNREFUSED)
        #expect(fetched.result.failure?.failure.evidence.phase == .connect)
        #expect(fetched.result.address == "127.0.0.1:\(port)")
        #expect(fetched.took < .seconds(10))
    }

    @Test("P5: a connection that is never answered ends by the deadline as connect_timeout")
    func connectTimeout() async throws {
        // A full accept queue drops further SYNs.
        let (socket, port) = LocalSocket.bound(backlog: 0)
        let waiting = (0..<3).map { _ in LocalSocket.connecting(to: port) }
        defer { for descriptor in waiting + [socket] { close(descriptor) } }
        let fetched = try await fetchOnce(request(port), timeout: .milliseconds(300))
        #expect(fetched.reason == .connectTimeout)
        #expect(fetched.layer == .l4Timeout)
        #expect(fetched.message?.hasPrefix("no connection within ") == true)
        #expect(fetched.took >= .milliseconds(300) && fetched.took <= .milliseconds(550))
        #expect(fetched.result.phases.connect.map { $0 > .milliseconds(250) } == true)
    }

    @Test("an address without a route is unreachable")
    func unreachable() async throws {
        // No TCP connection can be made to a multicast address; the kernel says so as it does for a missing route.
        let fetched = try await fetchOnce(request(80, host: "224.0.0.1"), timeout: .seconds(20))
        #expect(fetched.reason == .unreachable)
        #expect(fetched.layer == .l4Connection)
        #expect(fetched.message == "no route to the target: Network is unreachable")
    }

    @Test("a socket that never got connected is forgotten with its transfer, so its number can be used again")
    func unconnectedSocket() async throws {
        let (socket, port) = LocalSocket.bound(backlog: 0)
        let waiting = (0..<3).map { _ in LocalSocket.connecting(to: port) }
        defer { for descriptor in waiting + [socket] { close(descriptor) } }
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let (hung, good) = try (request(port), request(server.port))
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = client.transport.prepare(hung, on: loop)
            for _ in 0..<3 {
                let fetched = await client.run(exchange, timeout: .milliseconds(20), on: loop)
                #expect(fetched.reason == .connectTimeout)
                #expect(loop.budget.held == 0)
                let other = await client.fetch(good, on: loop)
                #expect(other.answer?.status == 200)
                #expect(loop.budget.held == 0)
            }
            exchange.close(on: loop)
        }
    }

    @Test("without a descriptor in the budget it is our own failure, and the budget stays whole")
    func budget() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let fetched = try await fetchOnce(request(server.port), descriptorLimit: 0)
        #expect(fetched.reason == .internal)
        #expect(fetched.message == "the descriptor budget is spent")
        #expect(server.accepted == 0)
    }

    @Test("a cancelled exchange tells nobody and leaves nothing behind")
    func cancel() async throws {
        let server = ByteServer(.readRequest, .silence)
        defer { server.stop() }
        let silent = try request(server.port)
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchange = client.transport.prepare(silent, on: loop)
            let observer = Unwanted()
            exchange.start(deadline: loop.now.advanced(by: .seconds(30)), token: 1, for: observer, on: loop)
            #expect(loop.budget.held == 1)
            exchange.cancel(on: loop)
            #expect(loop.budget.held == 0)
            exchange.close(on: loop)
        }
    }

    @Test("when every kept connection to a server dies on the next request, a fresh one is used")
    func dyingPool() async throws {
        // libcurl itself gives up after five.
        let count = 8
        let dies: [ByteServer.Step] = [.readRequest, ByteServer.answer("ok"), .readRequest]
        let server = ByteServer(Array(repeating: dies, count: count) + [[.readRequest, ByteServer.answer("new")]])
        defer { server.stop() }
        let kept = try request(server.port)
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let collector = Collector(expected: count)
            let exchanges = (0..<count).map { _ in client.transport.prepare(kept, on: loop) }
            for exchange in exchanges {
                exchange.start(deadline: loop.now.advanced(by: .seconds(30)), token: 0, for: collector, on: loop)
            }
            _ = await withCheckedContinuation { collector.wait($0) }
            #expect(server.accepted == count)
            let fetched = await client.run(exchanges[0], on: loop)
            #expect(fetched.answer?.body == Array("new".utf8))
            #expect(!fetched.result.isReused)
            for exchange in exchanges { exchange.close(on: loop) }
            #expect(loop.budget.held == 0)
        }
    }

    @Test("200 silent targets delay none of 200 good ones on the same loop")
    func tarpits() async throws {
        let tarpit = ByteServer(.silence)
        let good = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer {
            tarpit.stop()
            good.stop()
        }
        let (hung, fine) = try (request(tarpit.port), request(good.port) { $0.connection = .fresh })
        let results = try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let collector = Collector(expected: 200)
            var exchanges: [any HTTPExchange] = []
            let deadline = loop.now.advanced(by: .seconds(30))
            for number in 0..<400 {
                let exchange = client.transport.prepare(number.isMultiple(of: 2) ? hung : fine, on: loop)
                exchanges.append(exchange)
                let observer: any HTTPExchangeObserver = number.isMultiple(of: 2) ? Unwanted() : collector
                exchange.start(deadline: deadline, token: UInt64(number), for: observer, on: loop)
            }
            let results = await withCheckedContinuation { collector.wait($0) }
            for exchange in exchanges { exchange.close(on: loop) }
            #expect(loop.budget.held == 0)
            return results
        }
        #expect(results.count == 200)
        #expect(results.allSatisfy { $0.answer?.status == 200 })
    }
}

private final class Unwanted: HTTPExchangeObserver {
    func exchanged(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop) {
        Issue.record("told \(result) of exchange \(token)")
    }
}

private final class Collector: HTTPExchangeObserver {
    private var results: [HTTPExchangeResult] = []
    private var continuation: CheckedContinuation<[HTTPExchangeResult], Never>?
    private let expected: Int

    init(expected: Int) {
        self.expected = expected
    }

    func wait(_ continuation: CheckedContinuation<[HTTPExchangeResult], Never>) {
        self.continuation = continuation
        tellWhenComplete()
    }

    func exchanged(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop) {
        results.append(result)
        tellWhenComplete()
    }

    private func tellWhenComplete() {
        guard results.count == expected else { return }
        continuation?.resume(returning: results)
        continuation = nil
    }
}
