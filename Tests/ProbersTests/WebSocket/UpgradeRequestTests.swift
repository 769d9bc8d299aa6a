// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Probers
import SimulatedSystem
import Testing

@Suite("UpgradeRequest")
struct UpgradeRequestTests {
    private func request(_ url: String, subprotocol: String? = nil, headers: [HTTPField] = []) throws -> UpgradeRequest
    {
        var random = SimulationRandom(seed: 7)
        let probe = WebSocketProbe(url: try WebSocketURL(url), subprotocol: subprotocol, headers: headers)
        return UpgradeRequest(probe, using: &random)
    }

    @Test("a request says what RFC 6455 section 4.1 wants, and offers no extension")
    func golden() throws {
        let request = try request("ws://feed.test/chat?x=1")
        let golden = """
            GET /chat?x=1 HTTP/1.1
            Host: feed.test
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Key: \(request.key)
            Sec-WebSocket-Version: 13
            User-Agent: bellwether


            """
        #expect(
            String(decoding: request.bytes, as: UTF8.self)
                == golden.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        )
    }

    @Test("subprotocol and own fields follow, and an own Host or User-Agent replaces ours")
    func fields() throws {
        let headers = [
            HTTPField(name: "host", value: "other.test"), HTTPField(name: "User-Agent", value: "me"),
            HTTPField(name: "Origin", value: "https://shop.test"),
        ]
        let request = try request("wss://feed.test:8443", subprotocol: "chat", headers: headers)
        let golden = """
            GET / HTTP/1.1
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Key: \(request.key)
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Protocol: chat
            host: other.test
            User-Agent: me
            Origin: https://shop.test


            """
        #expect(
            String(decoding: request.bytes, as: UTF8.self)
                == golden.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
        )
    }

    @Test(
        "the port stands in Host when it is not the scheme's",
        arguments: [
            ("ws://a.test", "a.test"), ("ws://a.test:80/", "a.test"), ("ws://a.test:443/", "a.test:443"),
            ("wss://a.test/", "a.test"), ("wss://a.test:80/", "a.test:80"), ("ws://[::1]/", "[::1]"),
            ("ws://[::1]:81/", "[::1]:81"),
        ]
    )
    func host(url: String, host: String) throws {
        let text = String(decoding: try request(url).bytes, as: UTF8.self)
        #expect(text.contains("\r\nHost: \(host)\r\n"))
    }

    @Test("the key is 16 random bytes, new for each request")
    func keys() throws {
        var random = SimulationRandom(seed: 1)
        let probe = WebSocketProbe(url: try WebSocketURL("ws://a.test/"))
        let keys = (0..<100).map { _ in UpgradeRequest(probe, using: &random).key }
        #expect(Set(keys).count == 100)
        #expect(keys.allSatisfy { $0.utf8.count == 24 && $0.hasSuffix("==") })
    }

    @Test("the answer to the key is made as RFC 6455 section 4.2.2 says")
    func accept() throws {
        // The key of the RFC's example, which is the text "the sample nonce".
        var random = Sequence(bytes: Array("the sample nonce".utf8))
        let request = UpgradeRequest(WebSocketProbe(url: try WebSocketURL("ws://a.test/")), using: &random)
        #expect(request.key == "dGhlIHNhbXBsZSBub25jZQ==")
        #expect(request.accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    /// Gives one byte with each number.
    private struct Sequence: RandomNumberGenerator {
        var bytes: [UInt8]
        mutating func next() -> UInt64 { UInt64(bytes.removeFirst()) }
    }
}
