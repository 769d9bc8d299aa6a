// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import Testing

@testable import HealthServer

@Suite("Prepared bytes against the full parser")
struct PreparedBytesTests {
    static let plain = [
        "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD /livez HTTP/1.1\r\nHost: a:9797\r\nUser-Agent: kube-probe/1.31\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "GET /startupz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET /health/ready HTTP/1.1\r\nhost: [::1]:9797\r\nX-Haproxy-Server-State: UP 2/3; name=a\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost:a\r\nConnection: Keep-Alive\r\n\r\n",
        "HEAD /health/startup HTTP/1.1\r\nHost: \t a \t\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nAccept: text/plain\r\n\r\n",
    ]

    @Test("a plain status request is answered from prepared bytes, the same as through the parser", arguments: plain)
    func plainRequests(request: String) throws {
        let clock = StillClock()
        for snapshot in [Snapshots.healthy(clock: clock), Snapshots.unhealthy(clock: clock)] {
            let fast = try EmbeddedConnection(clock: clock, snapshot: snapshot)
            let full = try EmbeddedConnection(clock: clock, snapshot: snapshot, usesPreparedBytes: false)
            let answer = try fast.receive(request)
            #expect(answer.hasPrefix("HTTP/1.1 "))
            #expect(try full.receive(request) == answer)
            #expect(fast.isOpen == full.isOpen)
            #expect(fast.counters.answeredFast == 1)
            #expect(full.counters.answeredFully == 1)
        }
    }

    static let notPlain = [
        "GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html,*/*\r\n\r\n",
        "GET /readyz?verbose HTTP/1.1\r\nHost: a\r\n\r\n",
        "OPTIONS / HTTP/1.0\r\n\r\n",
        "GET /readyz HTTP/1.1\r\nHost: a\r\nX-Request-Id: 7\r\n\r\n",
        "GET /readyz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        "GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        "GET /readyz HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
        "GET /readyz HTTP/1.1\r\nHost: a\r\nUser-Agent: caf\u{E9}\r\n\r\n",
        "GET http://a/readyz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\n\r\n",
    ]

    @Test("a request that is not plain goes to the full parser and is answered", arguments: notPlain)
    func otherRequests(request: String) throws {
        let clock = StillClock()
        let connection = try EmbeddedConnection(clock: clock, snapshot: Snapshots.healthy(clock: clock))
        #expect(try connection.receive(request).hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(connection.counters.answeredFast == 0)
        #expect(connection.counters.answeredFully == 1)
    }

    @Test("random streams of requests give the same bytes through both, however they are cut", arguments: 1...40)
    func randomStreams(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let stream = (0..<Int.random(in: 1...5, using: &random)).map { _ in Self.request(&random) }.joined()
        let clock = StillClock()
        let snapshot = Bool.random(using: &random) ? Snapshots.healthy(clock: clock) : Snapshots.degraded(clock: clock)
        let bytes = Array(stream.utf8)
        let full = try EmbeddedConnection(clock: clock, snapshot: snapshot, usesPreparedBytes: false)
        let expected = try full.receive(bytes)
        for offset in 0...bytes.count {
            let fast = try EmbeddedConnection(clock: clock, snapshot: snapshot)
            let answers = try fast.receive(bytes[..<offset]) + fast.receive(bytes[offset...])
            try #require(answers == expected, "seed \(seed), cut at \(offset): \(stream)")
            try #require(fast.isOpen == full.isOpen, "seed \(seed), cut at \(offset): \(stream)")
        }
        let drip = try EmbeddedConnection(clock: clock, snapshot: snapshot)
        #expect(try bytes.map { try drip.receive([$0]) }.joined() == expected)
    }

    @Test("damaged requests give the same bytes through both, and never more than one answer each", arguments: 1...40)
    func damagedRequests(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed) &+ 1_000)
        let clock = StillClock()
        let snapshot = Snapshots.healthy(clock: clock)
        for _ in 0..<50 {
            let whole = Self.plain + Self.notPlain
            var bytes = Array(whole[Int.random(in: 0..<whole.count, using: &random)].utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(Self.telling.randomElement(using: &random) ?? 0, at: position)
                default: bytes.remove(at: position)
                }
            }
            let fast = try EmbeddedConnection(clock: clock, snapshot: snapshot)
            let full = try EmbeddedConnection(clock: clock, snapshot: snapshot, usesPreparedBytes: false)
            let answers = try fast.receive(bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            try #require(try full.receive(bytes) == answers, "seed \(seed): \(text)")
            #expect(fast.isOpen == full.isOpen, "seed \(seed): \(text)")
            #expect(answers.ranges(of: "\r\nContent-Length: ").count <= 1, "seed \(seed): \(text)")
        }
    }

    @Test("streams of requests of which each comes several times give the same bytes through both", arguments: 1...40)
    func repeatedRequests(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed) &+ 2_000)
        let clock = StillClock()
        let snapshot = Snapshots.unhealthy(clock: clock)
        let fast = try EmbeddedConnection(clock: clock, snapshot: snapshot)
        let full = try EmbeddedConnection(clock: clock, snapshot: snapshot, usesPreparedBytes: false)
        let long = "GET /readyz HTTP/1.1\r\nHost: a\r\nUser-Agent: \(String(repeating: "x", count: 600))\r\n\r\n"
        let foreign = "GET /readyz HTTP/1.1\r\nHost: evil.example\r\n\r\n"
        let choices = Self.plain.filter { !$0.contains("close") && !$0.contains("1.0\r\n\r\n") } + [long, foreign]
        let before = ["", "", "", "\r\n"]
        let after = ["", "", "", "GET /li", choices[0], "GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: 7\r\n\r\n"]
        for _ in 0..<20 {
            let request = choices.randomElement(using: &random) ?? ""
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let lead = before.randomElement(using: &random) ?? ""
                let rest = after.randomElement(using: &random) ?? ""
                let answers = try fast.receive(lead + request + rest)
                try #require(try full.receive(lead + request + rest) == answers, "seed \(seed): \(request)")
                guard rest == "GET /li" else { continue }
                let end = "vez HTTP/1.1\r\nHost: a\r\n\r\n"
                try #require(try fast.receive(end) == full.receive(end), "seed \(seed): \(request)")
            }
        }
        #expect(fast.isOpen && full.isOpen)
        let closing = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        #expect(try fast.receive(closing) == full.receive(closing))
        #expect(!fast.isOpen && !full.isOpen)
    }

    @Test("a request that comes again is answered with what holds now, and ends the connection of a draining agent")
    func repeatedRequestIsAnsweredAnew() throws {
        let clock = StillClock()
        let request = "GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"
        let connection = try EmbeddedConnection(clock: clock, snapshot: Snapshots.healthy(clock: clock))
        for _ in 0..<4 { #expect(try connection.receive(request).hasPrefix("HTTP/1.1 200 OK\r\n")) }
        connection.core.state.publish(Snapshots.unhealthy(clock: clock, sequence: 2))
        for _ in 0..<2 { #expect(try connection.receive(request).hasPrefix("HTTP/1.1 503 ")) }
        connection.core.state.drain()
        #expect(try connection.receive(request).contains("\r\nConnection: close\r\n"))
        #expect(try connection.receive(request).isEmpty)
        #expect(connection.counters.answeredFast == 7)
    }

    /// Bytes on which parsers differ.
    static let telling = Array("\r\n\t :,;\0?/#%\u{7F}".utf8)

    @Test("plain and other requests in one pipeline are answered in order")
    func mixedPipeline() throws {
        let clock = StillClock()
        let connection = try EmbeddedConnection(clock: clock, snapshot: Snapshots.healthy(clock: clock))
        let targets = ["/readyz", "/health", "/livez", "/readyz?verbose", "/nowhere", "/startupz"]
        let stream = targets.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        var bytes = Array(try connection.receive(stream).utf8)
        var bodies: [String] = []
        while let response = Response(&bytes) { bodies.append(String(response.body.prefix(12))) }
        #expect(bodies == ["ok", "{\"status\":\"p", "ok", "[+]agent/shu", "{\"success\":f", "ok"])
        #expect(connection.counters.answeredFast == 3)
        #expect(connection.counters.answeredFully == 3)
    }

    private static func request(_ random: inout SeededGenerator) -> String {
        func pick(_ choices: [String]) -> String { choices[Int.random(in: 0..<choices.count, using: &random)] }
        let method = pick(["GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "get", "G@T"])
        let target = pick(StatusPath.paths.map(\.path) + ["/readyz?verbose", "/health", "/x", "*", "/readyz/db"])
        let version = pick(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.0", "HTTP/2.0"])
        var text = "\(method) \(target) \(version)\r\n"
        if Int.random(in: 0..<10, using: &random) > 0 { text += "Host: a\r\n" }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            text += pick([
                "Accept: */*", "Accept: text/html", "Connection: close", "Connection: keep-alive", "User-Agent: x",
                "connection: KEEP-ALIVE, close", "X-Y:", "X-Request-Id: abc", "Content-Length: 0", "Content-Length: 3",
                "Transfer-Encoding: chunked", "Space : 1", " folded", "Tab:\ta", "Bell: \u{7}", "Via: \u{E9}",
            ])
            text += pick(["\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n"])
        }
        return text + "\r\n"
    }
}

/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
