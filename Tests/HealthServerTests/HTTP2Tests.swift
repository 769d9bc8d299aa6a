// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import HealthServer

@Suite("HTTP/2")
struct HTTP2Tests {
    private static let enhanceYourCalm: UInt32 = 11

    @Test("a request by prior knowledge is answered as by HTTP/1")
    func priorKnowledge() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.unhealthy(clock: running.clock))
            let client = try HTTP2Client(running.address)
            client.raw.send(HTTP2Client.get("/health", stream: 1))
            let frames = try client.frames { $0.stream == 1 && $0.flags & 1 == 1 }
            let body = try running.get("/health").body
            #expect(String(decoding: frames.data(of: 1), as: UTF8.self) == body)
            let counters = await running.server.counters()
            #expect(counters.http2Connections == 1)
        }
    }

    @Test("a preface that comes byte by byte is recognised")
    func slowPreface() async throws {
        try await RunningServer.run { running in
            let raw = try RawClient(running.address)
            for byte in HTTP2Client.preface { raw.send([byte]) }
            raw.send(HTTP2Client.frame(4))
            let settings = try raw.receive()
            #expect(settings.count > 9 && settings[3] == 4)
        }
    }

    @Test("where HTTP/2 is not spoken the preface is refused as a version")
    func notSpoken() async throws {
        var listener = try RunningServer.anyPort()
        listener.speaksHTTP2 = false
        try await RunningServer.run(listeners: [listener]) { running in
            let raw = try RawClient(running.address)
            raw.send(HTTP2Client.preface)
            #expect(try raw.receiveResponse().code == 505)
        }
    }

    @Test("the preface opens nothing after a request of HTTP/1")
    func laterPreface() async throws {
        try await RunningServer.run { running in
            let raw = try RawClient(running.address)
            raw.send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try raw.receiveResponse().code == 200)
            raw.send(HTTP2Client.preface)
            #expect(try raw.receiveResponse().code == 505)
        }
    }

    @Test("the client is told how many streams it may have, and how long its fields may be")
    func settings() async throws {
        try await RunningServer.run { running in
            let client = try HTTP2Client(running.address)
            let settings = try #require(try client.frames { $0.type == 4 && $0.flags == 0 }.last)
            #expect(settings.payload == [0, 3, 0, 0, 0, 100, 0, 6, 0, 0, 0x28, 0])
        }
    }

    @Test("streams that are opened and reset without end close the connection (CVE-2023-44487)")
    func rapidReset() async throws {
        try await RunningServer.run { running in
            let client = try HTTP2Client(running.address)
            for index in 0..<400 as Range<UInt32> {
                let stream = 2 * index + 1
                let request = HTTP2Client.get("/readyz", stream: stream, ends: false)
                guard client.raw.send(request + HTTP2Client.frame(3, stream: stream, [0, 0, 0, 8])) else { break }
            }
            #expect(client.framesToTheEnd().goAwayCode == Self.enhanceYourCalm)
            let counters = await running.server.counters()
            #expect(counters.http2Violations == 1)
            #expect(try running.get("/livez").code == 200)
        }
    }

    @Test(
        "a flood of frames that ask for nothing closes the connection",
        arguments: [
            (4, [] as [UInt8]), (6, [0, 0, 0, 0, 0, 0, 0, 0]),
        ] as [(UInt8, [UInt8])]
    )
    func flood(type: UInt8, payload: [UInt8]) async throws {
        try await RunningServer.run { running in
            let client = try HTTP2Client(running.address)
            for _ in 0..<1_000 {
                guard client.raw.send(HTTP2Client.frame(type, payload)) else { break }
            }
            #expect(client.framesToTheEnd().goAwayCode == Self.enhanceYourCalm)
        }
    }

    @Test("more streams than are allowed are refused one by one, and the others go on")
    func tooManyStreams() async throws {
        try await RunningServer.run { running in
            let client = try HTTP2Client(running.address)
            let watches = (0..<101 as Range<UInt32>).flatMap { index in
                HTTP2Client.call("Watch", [0, 0, 0, 0, 0], stream: 2 * index + 1)
            }
            client.raw.send(watches)
            let frames = try client.frames { $0.stream == 201 || $0.type == 7 }
            let last = try #require(frames.last)
            #expect(last.type == 3 || last.type == 7, "the stream, or the connection, ends")
            #expect(try running.get("/livez").code == 200)
        }
    }

    @Test("a connection that asks nothing is closed after the time for a request's fields")
    func silent() async throws {
        var limits = ServerLimits()
        limits.headerTimeout = .milliseconds(100)
        try await RunningServer.run(limits: limits) { running in
            let client = try HTTP2Client(running.address)
            _ = client.framesToTheEnd()
            let counters = await running.server.counters()
            #expect(counters.headerTimeouts == 1)
        }
    }

    @Test("an idle connection is told to go, and closed")
    func idle() async throws {
        var limits = ServerLimits()
        limits.idleTimeout = .milliseconds(100)
        limits.lingerTimeout = .milliseconds(100)
        try await RunningServer.run(limits: limits) { running in
            let client = try HTTP2Client(running.address)
            client.raw.send(HTTP2Client.get("/livez", stream: 1))
            #expect(client.framesToTheEnd().goAwayCode == 0)
            let counters = await running.server.counters()
            #expect(counters.idleTimeouts == 1)
        }
    }

    @Test("a draining agent answers 503 and sends GOAWAY with the last answer")
    func drain() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            let client = try HTTP2Client(running.address)
            client.raw.send(HTTP2Client.get("/livez", stream: 1))
            _ = try client.frames { $0.stream == 1 && $0.flags & 1 == 1 }
            await running.drain()
            let frames = try client.frames { $0.type == 7 }
            #expect(frames.goAwayCode == 0)
            let late = try HTTP2Client(running.address)
            late.raw.send(HTTP2Client.get("/readyz", stream: 1))
            let answer = try late.frames { $0.type == 7 }
            #expect(String(decoding: answer.data(of: 1), as: UTF8.self).contains("agent/shutdown"))
        }
    }

    @Test("a body that nobody takes is refused, and its stream is reset")
    func body() async throws {
        try await RunningServer.run { running in
            let client = try HTTP2Client(running.address)
            client.raw.send(HTTP2Client.get("/livez", stream: 1, ends: false))
            let frames = try client.frames { $0.type == 3 }
            #expect(String(decoding: frames.data(of: 1), as: UTF8.self).contains("content_too_large"))
            #expect(frames.last?.payload == [0, 0, 0, 0])
        }
    }

    @Test("fields beyond the limit, and the fields of connections of HTTP/1, end the stream or the connection")
    func fields() async throws {
        try await RunningServer.run { running in
            let many = (0..<100).map { ("x-\($0)", "1") }
            let crowded = try HTTP2Client(running.address)
            crowded.raw.send(HTTP2Client.get("/livez", stream: 1, fields: many))
            let first = try crowded.frames { $0.type == 3 || $0.type == 7 }
            #expect(first.data(of: 1).isEmpty)
            let upgrade = try HTTP2Client(running.address)
            upgrade.raw.send(HTTP2Client.get("/livez", stream: 1, fields: [("upgrade", "websocket")]))
            let second = try upgrade.frames { $0.type == 3 || $0.type == 7 }
            #expect(second.data(of: 1).isEmpty)
        }
    }

    @Test("what is not public asks for access, as by HTTP/1")
    func access() async throws {
        var listener = try RunningServer.anyPort()
        listener.token = .file("/token")
        let papers = Papers(["file /token": "tok-123"])
        try await RunningServer.run(listeners: [listener], material: papers) { running in
            let client = try HTTP2Client(running.address)
            client.raw.send(HTTP2Client.get("/metrics", stream: 1))
            let refused = try client.frames { $0.stream == 1 && $0.flags & 1 == 1 }
            #expect(String(decoding: refused.data(of: 1), as: UTF8.self).contains("unauthorized"))
            let fields = [("authorization", "Bearer tok-123")]
            client.raw.send(HTTP2Client.get("/metrics", stream: 3, fields: fields))
            let served = try client.frames { $0.stream == 3 && $0.flags & 1 == 1 }
            #expect(String(decoding: served.data(of: 3), as: UTF8.self).contains("bellwether_build_info"))
        }
    }

    @Test("CONTINUATION frames without end close the connection (CVE-2024-27316)")
    func continuationFlood() async throws {
        try await RunningServer.run { running in
            let client = try HTTP2Client(running.address)
            let block = HTTP2Client.block([(":method", "GET"), (":scheme", "http"), (":path", "/livez")])
            client.raw.send(HTTP2Client.frame(1, flags: 1, stream: 1, block))
            for index in 0..<1_000 {
                let more = HTTP2Client.block([("x-\(index)", "1")])
                guard client.raw.send(HTTP2Client.frame(9, stream: 1, more)) else { break }
            }
            #expect(client.framesToTheEnd().goAwayCode == Self.enhanceYourCalm)
            let counters = await running.server.counters()
            #expect(counters.http2Violations == 1)
            #expect(try running.get("/livez").code == 200)
        }
    }

    @Test("one field that is named again and again cannot be blown up beyond the limit (HPACK bomb)")
    func headerBomb() async throws {
        try await RunningServer.run { running in
            let client = try HTTP2Client(running.address)
            let value = String(repeating: "a", count: 120)
            // A literal that is kept (RFC 7541 section 6.2.1) as entry 62, then 8,000 bytes that each mean it.
            var block = HTTP2Client.block([(":method", "GET"), (":scheme", "http"), (":path", "/livez")])
            block += [0x40, 1] + Array("x".utf8) + [UInt8(value.utf8.count)] + Array(value.utf8)
            block += [UInt8](repeating: 0x80 | 62, count: 8_000)
            client.raw.send(HTTP2Client.frame(1, flags: 5, stream: 1, block))
            let frames = client.framesToTheEnd()
            #expect(frames.data(of: 1).isEmpty)
            #expect(frames.goAwayCode != nil)
            #expect(try running.get("/livez").code == 200)
        }
    }

    @Test("a client that opens no window for its answers loses its streams after the time for writing")
    func zeroWindow() async throws {
        var limits = ServerLimits()
        limits.writeTimeout = .milliseconds(100)
        try await RunningServer.run(limits: limits) { running in
            let client = try HTTP2Client(running.address)
            // SETTINGS_INITIAL_WINDOW_SIZE = 0, and no WINDOW_UPDATE ever.
            client.raw.send(HTTP2Client.frame(4, [0, 4, 0, 0, 0, 0]))
            for index in 0..<50 as Range<UInt32> { client.raw.send(HTTP2Client.get("/health", stream: 2 * index + 1)) }
            var reset = Set<UInt32>()
            let frames = try client.frames { frame in
                if frame.type == 3 { reset.insert(frame.stream) }
                return reset.count == 50
            }
            #expect(reset.count == 50)
            #expect(frames.allSatisfy { $0.type != 0 })
            let counters = await running.server.counters()
            #expect(counters.writeTimeouts == 50)
            #expect(try running.get("/livez").code == 200)
        }
    }

    @Test("a window that grows beyond what a number can hold ends the connection")
    func windowOverflow() async throws {
        try await RunningServer.run { running in
            let client = try HTTP2Client(running.address)
            let most: [UInt8] = [0x7F, 0xFF, 0xFF, 0xFF]
            client.raw.send(HTTP2Client.frame(8, most) + HTTP2Client.frame(8, most))
            #expect(client.framesToTheEnd().goAwayCode == 3, "FLOW_CONTROL_ERROR")
        }
    }

    @Test("streams that the client makes the server reset close the connection, too (CVE-2025-8671)")
    func madeYouReset() async throws {
        try await RunningServer.run { running in
            let client = try HTTP2Client(running.address)
            for index in 0..<400 as Range<UInt32> {
                let stream = 2 * index + 1
                // A window that is opened by nothing is an error of the stream (RFC 9113 section 6.9).
                let request = HTTP2Client.get("/readyz", stream: stream, ends: false)
                let nothing = HTTP2Client.frame(8, stream: stream, [0, 0, 0, 0])
                guard client.raw.send(request + nothing) else { break }
            }
            #expect(client.framesToTheEnd().goAwayCode != nil)
            let counters = await running.server.counters()
            #expect(counters.http2Violations == 1)
            #expect(try running.get("/livez").code == 200)
        }
    }

    @Test("hundreds of requests one after the other on one connection are all answered")
    func manyStreams() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            let client = try HTTP2Client(running.address)
            for round in 0..<20 as Range<UInt32> {
                let streams = (0..<50 as Range<UInt32>).map { 2 * (50 * round + $0) + 1 }
                client.raw.send(streams.flatMap { HTTP2Client.get("/readyz", stream: $0) })
                var open = Set(streams)
                while !open.isEmpty {
                    let frames = try client.frames { $0.stream > 0 && $0.flags & 1 == 1 }
                    let ended = frames.filter { $0.stream > 0 && $0.flags & 1 == 1 }.map(\.stream)
                    guard !ended.isEmpty else { break }
                    open.subtract(ended)
                }
                #expect(open.isEmpty)
            }
            let counters = await running.server.counters()
            #expect(counters.answeredFully == 1_000)
            #expect(counters.http2Violations == 0)
        }
    }
}
