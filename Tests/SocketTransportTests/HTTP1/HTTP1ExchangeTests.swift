// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import SocketTransport

@Suite("HTTP1Exchange")
struct HTTP1ExchangeTests {
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

    @Test("a request that needs more than HTTP/1.1 is not carried", arguments: 0..<10)
    func others(_ number: Int) throws {
        let proxy = try HostPort("127.0.0.1:3128")
        let request = try plainRequest(80) { request in
            switch number {
            case 0: request.headers = [HTTPField(name: "Expect", value: "100-continue")]
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
        #expect(!request.needsOnlyHTTP1)
        #expect(try plainRequest(80).needsOnlyHTTP1)
    }
}
