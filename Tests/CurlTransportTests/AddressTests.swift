// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import CurlTransport

@Suite("Addresses of an exchange")
struct AddressTests {
    private static func rules(_ texts: String...) throws -> AddressRules {
        AddressRules(denied: try texts.map { try AddressBlock($0) })
    }

    /// Fetches once under these rules.
    private static func fetch(
        _ request: HTTPRequest,
        names: [String: ResolutionAnswer] = [:],
        under rules: AddressRules
    ) async throws -> TimedResult {
        try await withLoop { loop in
            loop.addressRules = rules
            let fetched = await HTTPClient(names: names, on: loop).fetch(request, on: loop)
            #expect(loop.budget.held == 0)
            return fetched
        }
    }

    @Test("a given address is contacted instead of the name's, which stays in the request")
    func pinned() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let pinned = try request(server.port, host: "target.test") { $0.resolve = IPAddress("127.0.0.1") }
        let fetched = try await fetchOnce(pinned)
        #expect(fetched.answer?.status == 200)
        #expect(fetched.result.address == "127.0.0.1:\(server.port)")
        #expect(fetched.result.phases.dns == nil)
        #expect(server.requests.first?.contains("Host: target.test:\(server.port)\r\n") == true)
    }

    @Test(
        "over TLS the name is still the one that the certificate has to be for",
        arguments: ["target.test", "wrong.test"]
    )
    func pinnedTLS(name: String) async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let pinned = try request(nginx.securePort, host: name, scheme: "https") { request in
            request.resolve = IPAddress("127.0.0.1")
            request.tls.authorityFile = "\(Nginx.certificates)/authority.pem"
        }
        let fetched = try await fetchOnce(pinned)
        #expect(fetched.reason == (name == "target.test" ? nil : .tlsHostname))
    }

    @Test("connections to different addresses of one name are told apart, and each is kept")
    func apart() async throws {
        let first = ByteServer(.readRequest, ByteServer.answer("one"), .readRequest, ByteServer.answer("one"))
        defer { first.stop() }
        let (refusing, port) = LocalSocket.bound(backlog: nil)
        defer { close(refusing) }
        let here = try request(first.port, host: "target.test") { $0.resolve = IPAddress("127.0.0.1") }
        let there = try request(first.port, host: "target.test") { $0.resolve = IPAddress("127.0.0.9") }
        #expect(port != first.port)
        try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let exchanges = [here, there].map { client.transport.prepare($0, on: loop) }
            for round in 0..<2 {
                let answered = await client.run(exchanges[0], on: loop)
                #expect(answered.answer?.body == Array("one".utf8))
                #expect(answered.result.isReused == (round == 1))
                let refused = await client.run(exchanges[1], on: loop)
                #expect(refused.reason == .refused)
                #expect(refused.result.address == "127.0.0.9:\(first.port)")
            }
            for exchange in exchanges { exchange.close(on: loop) }
        }
    }

    @Test("a connection comes from the address that is given")
    func source() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let bound = try request(server.port) { $0.source = IPAddress("127.0.0.5") }
        let fetched = try await fetchOnce(bound)
        #expect(fetched.answer?.status == 200)
        #expect(server.peers == ["127.0.0.5"])
    }

    @Test("a source that is no address of this machine is our own fault")
    func foreignSource() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let bound = try request(server.port) { $0.source = IPAddress("192.0.2.7") }
        let fetched = try await Self.fetch(bound, under: .none)
        #expect(fetched.reason == .internal)
        #expect(fetched.message == "cannot send from 192.0.2.7: Cannot assign requested address")
    }

    @Test(
        "D4: an address that is denied is not contacted, whatever leads to it",
        arguments: ["127.0.0.1", "name.test", "mapped.test", "[::ffff:127.0.0.1]", "0.0.0.0"]
    )
    func denied(host: String) async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let mapped = SocketAddress(bytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 127, 0, 0, 1], port: server.port)
        let names = ["name.test": loopback(server.port), "mapped.test": .addresses([mapped])]
        let fetched = try await Self.fetch(
            request(server.port, host: host),
            names: names,
            under: Self.rules("127.0.0.0/8")
        )
        #expect(fetched.reason == .unreachable)
        #expect(fetched.layer == .l4Connection)
        #expect(fetched.message?.hasSuffix(":\(server.port) is denied by addresses.deny") == true)
        #expect(server.accepted == 0)
    }

    @Test("of several addresses the one that is not denied is contacted")
    func oneDenied() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let both = ResolutionAnswer.addresses([
            SocketAddress(bytes: [127, 0, 0, 7], port: server.port),
            SocketAddress(bytes: [127, 0, 0, 1], port: server.port),
        ])
        let named = try request(server.port, host: "target.test")
        let fetched = try await Self.fetch(named, names: ["target.test": both], under: Self.rules("127.0.0.7"))
        #expect(fetched.answer?.status == 200)
        #expect(fetched.result.address == "127.0.0.1:\(server.port)")
    }

    @Test("what the address that is not denied says counts when it fails, too")
    func otherRefuses() async throws {
        let (refusing, port) = LocalSocket.bound(backlog: nil)
        defer { close(refusing) }
        let both = ResolutionAnswer.addresses([
            SocketAddress(bytes: [127, 0, 0, 1], port: port), SocketAddress(bytes: [127, 0, 0, 7], port: port),
        ])
        let named = try request(port, host: "target.test")
        let fetched = try await Self.fetch(named, names: ["target.test": both], under: Self.rules("127.0.0.7"))
        #expect(fetched.reason == .refused)
        #expect(fetched.result.address == "127.0.0.1:\(port)")
    }

    @Test("B11: a redirect does not get around what is denied, listed or not")
    func redirected() async throws {
        let second = ByteServer(.readRequest, ByteServer.answer("secret"))
        let first = ByteServer(
            .readRequest,
            ByteServer.answer("", status: "302 Found", fields: "Location: http://other.test:\(second.port)/\r\n")
        )
        defer {
            first.stop()
            second.stop()
        }
        let named = try request(first.port) { request in
            request.redirects = 1
            request.redirectHosts = ["other.test"]
        }
        let other = ResolutionAnswer.addresses([SocketAddress(bytes: [127, 0, 0, 7], port: second.port)])
        let fetched = try await Self.fetch(named, names: ["other.test": other], under: Self.rules("127.0.0.7"))
        #expect(fetched.reason == .unreachable)
        #expect(fetched.message == "127.0.0.7:\(second.port) is denied by addresses.deny")
        #expect(fetched.result.address == "127.0.0.7:\(second.port)")
        #expect(fetched.result.redirects.last == "http://other.test:\(second.port)/")
        #expect(second.accepted == 0)
    }

    @Test("a given address and a proxy are checked as well", arguments: [true, false])
    func givenAndProxy(isProxy: Bool) async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let address = try HostPort("127.0.0.1:\(server.port)")
        let asked = try request(80, host: "target.test") { request in
            if isProxy { request.proxy = address } else { request.resolve = IPAddress("::ffff:127.0.0.1") }
        }
        let fetched = try await Self.fetch(asked, under: Self.rules("127.0.0.1"))
        #expect(fetched.reason == .unreachable)
        #expect(fetched.message?.hasSuffix("is denied by addresses.deny") == true)
        #expect(server.accepted == 0)
    }
}
