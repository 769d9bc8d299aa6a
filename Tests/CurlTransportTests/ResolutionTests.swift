// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import CurlTransport

@Suite("Resolution")
struct ResolutionTests {
    @Test("a name is resolved by our resolver, and its time is a phase of its own")
    func name() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let named = try request(server.port, host: "target.test")
        let fetched = try await fetchOnce(named, names: ["target.test": loopback(server.port)])
        #expect(fetched.answer?.status == 200)
        #expect(fetched.result.phases.dns != nil)
        #expect(fetched.result.address == "127.0.0.1:\(server.port)")
        #expect(server.requests.first?.contains("Host: target.test:\(server.port)\r\n") == true)
    }

    @Test("a name with a final dot is resolved by us as well")
    func finalDot() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let named = try request(server.port, host: "target.test.")
        let fetched = try await fetchOnce(named, names: ["target.test.": loopback(server.port)])
        #expect(fetched.answer?.status == 200)
    }

    @Test("a numeric host is not resolved")
    func numeric() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let numeric = try request(server.port)
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let fetched = await client.fetch(numeric, on: loop)
            #expect(fetched.answer?.status == 200)
            #expect(fetched.result.phases.dns == nil)
            #expect(client.resolver.questions == 0)
        }
    }

    @Test("a name that does not exist fails as dns, our own trouble with resolving as internal")
    func failures() async throws {
        let named = try request(80, host: "target.test")
        let missing = ResolutionAnswer.failed(ResolutionFailure(kind: .notFound, message: "name or service not known"))
        let first = try await fetchOnce(named, names: ["target.test": missing])
        #expect(first.reason == .dns && first.layer == .l4Connection)
        #expect(first.message == "name or service not known")
        let ours = ResolutionAnswer.failed(ResolutionFailure(kind: .ours, message: "too many look-ups wait"))
        let second = try await fetchOnce(named, names: ["target.test": ours])
        #expect(second.reason == .internal)
    }

    @Test("P5: a resolver that never answers ends the exchange by its deadline")
    func silence() async throws {
        let fetched = try await fetchOnce(request(80, host: "target.test"), timeout: .milliseconds(300))
        #expect(fetched.reason == .dns && fetched.layer == .l4Timeout)
        #expect(fetched.message?.hasPrefix("no answer from the resolver within ") == true)
        #expect(fetched.took >= .milliseconds(300) && fetched.took <= .milliseconds(550))
        #expect(fetched.result.phases.dns.map { $0 >= .milliseconds(250) } == true)
    }

    @Test("when the first of several addresses refuses, the next one is tried")
    func severalAddresses() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let named = try request(server.port, host: "target.test")
        let addresses = ResolutionAnswer.addresses([
            SocketAddress(bytes: [127, 0, 0, 2], port: server.port),
            SocketAddress(bytes: [127, 0, 0, 1], port: server.port),
        ])
        let fetched = try await fetchOnce(named, names: ["target.test": addresses])
        #expect(fetched.answer?.status == 200)
        #expect(fetched.result.address == "127.0.0.1:\(server.port)")
    }

    @Test("only addresses of the wanted family are tried")
    func family() async throws {
        let named = try request(80, host: "target.test") { $0.family = .ipv6 }
        let fetched = try await fetchOnce(named, names: ["target.test": loopback(80)])
        #expect(fetched.reason == .dns)
        #expect(fetched.message == "the name has no ipv6 address")
    }

    @Test("a kept connection is given up when its address no longer belongs to the name")
    func movedName() async throws {
        let answer = ByteServer.answer("ok")
        let server = ByteServer(.readRequest, answer, .readRequest, answer, .readRequest, answer)
        defer { server.stop() }
        let named = try request(server.port, host: "target.test")
        let (refusing, port) = LocalSocket.bound(backlog: nil)
        defer { close(refusing) }
        try await withLoop { loop in
            let client = HTTPClient(names: ["target.test": loopback(server.port)], on: loop)
            let exchange = client.transport.prepare(named, on: loop)
            let before = await client.run(exchange, on: loop)
            #expect(before.answer?.status == 200)
            let elsewhere = SocketAddress(bytes: [127, 0, 0, 3], port: port)
            client.resolver.names["target.test"] = .addresses([elsewhere])
            let after = await client.run(exchange, on: loop)
            #expect(after.reason == .refused)
            #expect(after.result.address == "127.0.0.3:\(server.port)")
            exchange.close(on: loop)
            #expect(loop.budget.held == 0)
        }
    }
}
