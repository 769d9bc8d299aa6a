// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import HealthServer

@Suite("Wrong tokens")
struct TokenGuessesTests {
    private static let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)
    private static let address = ClientAddress.ip("192.0.2.1", isLoopback: false)

    private static func after(_ duration: Duration) -> MonotonicInstant { start.advanced(by: duration) }

    /// A book in which the address has shown `count` different wrong tokens at the start.
    private static func book(_ count: Int) -> TokenGuesses {
        var book = TokenGuesses()
        for index in 0..<count { book.note(["Bearer \(index)"], from: address, at: start) }
        return book
    }

    @Test("the tenth different wrong token bars its address, and no other one")
    func barred() {
        #expect(Self.book(9).bar(of: Self.address, at: Self.start) == nil)
        let book = Self.book(10)
        #expect(book.bar(of: Self.address, at: Self.start) == .seconds(60))
        #expect(book.bar(of: .ip("192.0.2.2", isLoopback: false), at: Self.start) == nil)
    }

    @Test("an address is barred to the end of the minute that began with its first wrong token")
    func end() {
        var book = Self.book(9)
        book.note(["Bearer x"], from: Self.address, at: Self.after(.seconds(50)))
        #expect(book.bar(of: Self.address, at: Self.after(.seconds(50))) == .seconds(10))
        #expect(book.bar(of: Self.address, at: Self.after(.seconds(60))) == nil)
        book.note(["Bearer y"], from: Self.address, at: Self.after(.seconds(61)))
        #expect(book.bar(of: Self.address, at: Self.after(.seconds(61))) == nil, "a new minute begins at one")
    }

    @Test("what is shown while an address is barred does not lengthen that")
    func notLengthened() {
        var book = Self.book(10)
        for index in 0..<100 { book.note(["Bearer more \(index)"], from: Self.address, at: Self.after(.seconds(59))) }
        #expect(book.bar(of: Self.address, at: Self.after(.seconds(60))) == nil)
    }

    @Test("the same wrong token again and again bars nobody")
    func sameToken() {
        var book = TokenGuesses()
        for _ in 0..<1_000 { book.note(["Bearer old"], from: Self.address, at: Self.start) }
        #expect(book.bar(of: Self.address, at: Self.start) == nil)
    }

    @Test("the table is bounded, and who guesses most is remembered longest")
    func bounded() {
        var book = Self.book(10)
        for index in 0..<5_000 {
            let address = ClientAddress.ip("10.0.\(index / 256).\(index % 256)", isLoopback: false)
            book.note(["Bearer x"], from: address, at: Self.after(.milliseconds(index)))
            #expect(book.count <= TokenGuesses.maximumAddresses)
        }
        #expect(book.bar(of: Self.address, at: Self.after(.seconds(6))) != nil)
    }

    @Test("what has ended makes room first")
    func room() {
        var book = TokenGuesses()
        for index in 0..<TokenGuesses.maximumAddresses {
            let address = ClientAddress.ip("10.0.\(index / 256).\(index % 256)", isLoopback: false)
            book.note(["Bearer x"], from: address, at: Self.start)
        }
        book.note(["Bearer x"], from: Self.address, at: Self.after(.seconds(60)))
        #expect(book.count == 1)
    }
}

@Suite("Guessing tokens")
struct GuessingTests {
    private static func guarded(_ body: (RunningServer, Papers) async throws -> Void) async throws {
        var listener = try RunningServer.anyPort()
        listener.token = .file("/token")
        let papers = Papers(["file /token": "tok-123"])
        try await RunningServer.run(listeners: [listener], material: papers) { try await body($0, papers) }
    }

    private static func fields(_ token: String) -> String { "Authorization: Bearer \(token)\r\n" }

    @Test("who has shown ten wrong tokens gets 429 for any token, until the minute is over")
    func barred() async throws {
        try await Self.guarded { running, _ in
            let codes = try (0..<10).map { try running.get("/metrics", fields: Self.fields("guess-\($0)")).code }
            #expect(codes == Array(repeating: 401, count: 10))
            running.clock.advance(by: .milliseconds(18_500))
            running.server.heartbeat.beat(at: running.clock.now)
            for token in ["guess-10", "tok-123"] {
                let refused = try running.get("/metrics", fields: Self.fields(token))
                #expect(refused.code == 429)
                #expect(refused.fields["retry-after"] == "42")
                #expect(
                    refused.body == """
                        {"success":false,"error":"too_many_requests","message":"too many wrong tokens from this address; \
                        no token is looked at for 42s","code":429,"timestamp":"2026-11-21T03:49:28.500Z",\
                        "request_id":"0123456789abcdef","service":"bellwether","retryable":true}
                        """ + "\n"
                )
            }
            #expect(try running.get("/livez").code == 200, "a status is for everybody")
            #expect(try running.get("/metrics").code == 401, "who shows no token is told that one is needed")
            #expect(try running.get("/api/v1/events", fields: Self.fields("tok-123")).code == 429)
            running.clock.advance(by: .milliseconds(41_500))
            let served = try running.get("/metrics", fields: Self.fields("tok-123"))
            #expect(served.code == 200)
            #expect(served.body.contains("bellwether_endpoint_refusals_total{reason=\"token_guesses\"} 3\n"))
            #expect(served.body.contains("bellwether_endpoint_refusals_total{reason=\"access\"} 11\n"))
        }
    }

    @Test("a connection that has shown the right token goes on while its address is barred")
    func proven() async throws {
        try await Self.guarded { running, papers in
            let operators = try RawClient(running.address)
            func ask(_ token: String) throws -> Int {
                operators.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\(Self.fields(token))\r\n")
                return try operators.receiveResponse().code
            }
            #expect(try ask("tok-123") == 200)
            for index in 0..<10 { _ = try running.get("/metrics", fields: Self.fields("guess-\(index)")) }
            #expect(try running.get("/metrics", fields: Self.fields("tok-123")).code == 429)
            #expect(try ask("tok-123") == 200)
            #expect(try ask("another") == 401)
            #expect(try ask("tok-123") == 429, "it has guessed itself")
        }
    }

    @Test("a client with an old token is told so each time, and bars nobody")
    func oldToken() async throws {
        try await Self.guarded { running, _ in
            let codes = try (0..<30).map { _ in try running.get("/metrics", fields: Self.fields("old")).code }
            #expect(codes == Array(repeating: 401, count: 30))
            let served = try running.get("/metrics", fields: Self.fields("tok-123"))
            #expect(served.code == 200)
        }
    }

    @Test("guesses by HTTP/2 count as those by HTTP/1")
    func http2() async throws {
        try await Self.guarded { running, _ in
            let client = try HTTP2Client(running.address)
            for index in 0..<11 as Range<UInt32> {
                let fields = [("authorization", "Bearer guess-\(index)")]
                client.raw.send(HTTP2Client.get("/metrics", stream: 2 * index + 1, fields: fields))
            }
            let frames = try client.frames { $0.stream == 21 && $0.flags & 1 == 1 }
            #expect(String(decoding: frames.data(of: 19), as: UTF8.self).contains("unauthorized"))
            #expect(String(decoding: frames.data(of: 21), as: UTF8.self).contains("too_many_requests"))
            let counters = await running.server.counters()
            #expect(counters.refusedGuesses == 1)
        }
    }
}
