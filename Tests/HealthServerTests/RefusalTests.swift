// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import Testing

@testable import HealthServer

@Suite("Refused requests")
struct RefusalTests {
    /// A request as it arrives, the code it gets, and what its case is about.
    struct Case: Sendable, CustomTestStringConvertible {
        let about: String
        let code: Int
        let request: String

        init(_ about: String, _ code: Int, _ request: String) {
            self.about = about
            self.code = code
            self.request = request
        }

        var testDescription: String { about }
    }

    static let head = "GET /readyz HTTP/1.1\r\nHost: a\r\n"

    static let malformed = [
        Case("a length beside a coding", 400, head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Case("two lengths", 400, head + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n"),
        Case("two equal lengths", 400, head + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"),
        Case("a list of lengths", 400, head + "Content-Length: 5, 5\r\n\r\n"),
        Case("a signed length", 400, head + "Content-Length: +5\r\n\r\n"),
        Case("an empty length", 400, head + "Content-Length:\r\n\r\n"),
        Case("a length beyond any number", 400, head + "Content-Length: 99999999999999999999\r\n\r\n"),
        Case("an unknown coding", 400, head + "Transfer-Encoding: xchunked\r\n\r\n"),
        Case("two codings", 400, head + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
        Case("chunked twice", 400, head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Case("a coding in HTTP/1.0", 400, "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
        Case("a space before the colon", 400, head + "Content-Length : 5\r\n\r\n"),
        Case("a folded line", 400, head + "X: a\r\n b\r\n\r\n"),
        Case("an empty field name", 400, head + ": a\r\n\r\n"),
        Case("a line without a colon", 400, head + "nonsense\r\n\r\n"),
        Case("a bare LF", 400, "GET /readyz HTTP/1.1\nHost: a\n\n"),
        Case("a bare LF in the fields", 400, head + "X: a\n\r\n"),
        Case("a bare CR", 400, head + "X: a\rb\r\n\r\n"),
        Case("a NUL in a field", 400, head + "X: a\u{0}b\r\n\r\n"),
        Case("a NUL in the target", 400, "GET /readyz\u{0} HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("two empty lines first", 400, "\r\n\r\n" + head + "\r\n"),
        Case("no host", 400, "GET /readyz HTTP/1.1\r\n\r\n"),
        Case("two hosts", 400, head + "Host: a\r\n\r\n"),
        Case("a malformed host", 400, "GET /readyz HTTP/1.1\r\nHost: a b\r\n\r\n"),
        Case("no version", 400, "GET /readyz\r\n\r\n"),
        Case("two spaces", 400, "GET  /readyz HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a TLS greeting", 400, "\u{16}\u{3}\u{1}\u{2}\u{0}"),
        Case("another version's preface", 505, "PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n"),
        Case("HTTP/1.2", 505, "GET /readyz HTTP/1.2\r\nHost: a\r\n\r\n"),
        Case("an unknown method", 501, "PROBE /readyz HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a request line of 2049 bytes", 414, "GET /" + String(repeating: "a", count: 2_035) + " HTTP/1.1\r\n"),
        Case("a request line without end", 414, "GET /" + String(repeating: "a", count: 3_000)),
        Case("65 fields", 431, "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: 64) + "\r\n"),
        Case("fields of 9 KiB", 431, head + "X: " + String(repeating: "a", count: 9_000) + "\r\n\r\n"),
        Case("a field without end", 431, head + "X: " + String(repeating: "a", count: 9_000)),
    ]

    @Test("is refused with its code, and the connection ends", arguments: malformed)
    func isRefused(refusal: Case) throws {
        let clock = StillClock()
        let connection = try EmbeddedConnection(clock: clock, snapshot: Snapshots.healthy(clock: clock))
        var bytes = Array(try connection.receive(refusal.request + Self.head + "\r\n").utf8)
        let response = try #require(Response(&bytes))
        #expect(response.code == refusal.code)
        #expect(response.fields["connection"] == "close")
        #expect(response.body.hasPrefix("{\"success\":false,\"error\":"))
        #expect(bytes.isEmpty, "nothing after it is answered")
        #expect(!connection.isOpen)
        #expect(connection.counters.refusedRequests == 1)
    }

    static let declined = [
        Case("another method", 405, "POST /readyz HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("another method with a body", 405, "PUT /readyz HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"),
        Case("CONNECT", 404, "CONNECT db:5432 HTTP/1.1\r\nHost: db:5432\r\n\r\n"),
        Case("a body", 413, "GET /readyz HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"),
        Case("a chunked body", 413, "GET /readyz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Case("an unknown path", 404, "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("an encoded path", 404, "GET /%72eadyz HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a path above the root", 404, "GET /../readyz HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("two slashes", 404, "GET //readyz HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("an unknown target", 404, "GET /readyz/nobody HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("an unknown target's health", 404, "GET /health/targets/nobody HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a group", 404, "GET /health/groups/shop HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a target that cannot be a name", 404, "GET /readyz/A%20B HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("an unknown parameter", 400, "GET /readyz?target=http://x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a parameter where none is known", 400, "GET /metrics?a=b HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("a half escape", 400, "GET /readyz?exclude=%2 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("an escape that is not UTF-8", 400, "GET /readyz?exclude=%ff HTTP/1.1\r\nHost: a\r\n\r\n"),
        Case("nothing excluded", 400, "GET /readyz?exclude HTTP/1.1\r\nHost: a\r\n\r\n"),
    ]

    @Test("is answered with an error document", arguments: declined)
    func isDeclined(refusal: Case) throws {
        let clock = StillClock()
        let connection = try EmbeddedConnection(clock: clock, snapshot: Snapshots.healthy(clock: clock))
        var bytes = Array(try connection.receive(refusal.request).utf8)
        let response = try #require(Response(&bytes))
        #expect(response.code == refusal.code)
        #expect(response.fields["content-type"] == "application/json")
        #expect(response.fields["x-request-id"] == "0123456789abcdef")
        #expect(response.fields["allow"] == (refusal.code == 405 ? "GET, HEAD, OPTIONS" : nil))
        let hasBody = refusal.request.contains("Content-Length") || refusal.request.contains("chunked")
        #expect(connection.isOpen == !(hasBody || refusal.about == "CONNECT"))
    }

    @Test("the largest request that is allowed is answered")
    func largest() throws {
        let clock = StillClock()
        let connection = try EmbeddedConnection(clock: clock, snapshot: Snapshots.healthy(clock: clock))
        let line = "GET /readyz?exclude=" + String(repeating: "a", count: 2_048 - 29) + " HTTP/1.1\r\n"
        #expect(line.utf8.count == 2_048 + 2)
        let fields = "Host: a\r\n" + String(repeating: "A: b\r\n", count: 62)
        let filler = "X: " + String(repeating: "a", count: 8_192 - fields.utf8.count - 5) + "\r\n"
        #expect(try connection.receive(line + fields + filler + "\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
    }

    @Test("one empty line before a request is skipped, wherever the bytes are cut", arguments: 0...4)
    func emptyLineFirst(cut: Int) throws {
        let clock = StillClock()
        let connection = try EmbeddedConnection(clock: clock, snapshot: Snapshots.healthy(clock: clock))
        let bytes = Array(("\r\n" + Self.head + "\r\n").utf8)
        let first = try connection.receive(bytes[..<cut])
        #expect(first.isEmpty)
        #expect(try connection.receive(bytes[cut...]).hasSuffix("\r\n\r\nok"))
    }

    @Test("the client's request id comes back when it is harmless, and a new one otherwise")
    func requestIDs() throws {
        let clock = StillClock()
        let connection = try EmbeddedConnection(clock: clock, snapshot: Snapshots.healthy(clock: clock))
        func id(_ target: String, _ sent: String?) throws -> String? {
            let field = sent.map { "X-Request-Id: \($0)\r\n" } ?? ""
            var bytes = Array(try connection.receive("GET \(target) HTTP/1.1\r\nHost: a\r\n\(field)\r\n").utf8)
            return try #require(Response(&bytes)).fields["x-request-id"]
        }
        #expect(try id("/api/v1/health", nil) == "0123456789abcdef")
        #expect(try id("/api/v1/health", "a-1.b:2/c") == "a-1.b:2/c")
        #expect(try id("/api/v1/health", "<b>") == "0123456789abcdef")
        #expect(try id("/api/v1/health", String(repeating: "a", count: 129)) == "0123456789abcdef")
        #expect(try id("/readyz", "a-1") == "a-1")
        #expect(try id("/readyz", nil) == nil)
    }

    @Test("an error comes as problem details when the client asks for them")
    func problemDetails() throws {
        let connection = try EmbeddedConnection()
        let request = "GET /x HTTP/1.1\r\nHost: a\r\nAccept: application/problem+json\r\n\r\n"
        var bytes = Array(try connection.receive(request).utf8)
        let response = try #require(Response(&bytes))
        #expect(response.fields["content-type"] == "application/problem+json")
        #expect(response.body.hasPrefix("{\"type\":\"about:blank\",\"title\":\"not_found\",\"status\":404,"))
    }

    @Test("off loopback only status paths are served", arguments: ["/metrics", "/api/v1/health", "/api/v1/targets/db"])
    func offLoopback(path: String) throws {
        let clock = StillClock()
        let open = ListenerSettings(address: .tcp(try HostPort("192.0.2.9:9797")), detail: .on)
        let connection = try EmbeddedConnection(
            clock: clock,
            snapshot: Snapshots.healthy(clock: clock),
            settings: open
        )
        #expect(try connection.receive("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n").hasPrefix("HTTP/1.1 403 "))
        #expect(try connection.receive("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
    }

    @Test("a local listener without detail keeps names to itself")
    func withoutDetail() throws {
        let clock = StillClock()
        let connection = try EmbeddedConnection(
            clock: clock,
            snapshot: Snapshots.unhealthy(clock: clock),
            settings: ListenerSettings(detail: .off)
        )
        #expect(try connection.receive("GET /api/v1/targets HTTP/1.1\r\nHost: a\r\n\r\n").hasPrefix("HTTP/1.1 403 "))
        #expect(try connection.receive("GET /api/v1/targets/db HTTP/1.1\r\nHost: a\r\n\r\n").hasPrefix("HTTP/1.1 403 "))
        for path in ["/readyz", "/readyz?verbose", "/health", "/metrics", "/api/v1/health", "/startupz?verbose"] {
            let answer = try connection.receive("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(!answer.contains("db"), "\(path): \(answer)")
        }
    }
}
