// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import HealthServer

@Suite("Calls of gRPC")
struct GRPCCallTests {
    private static let serving: [UInt8] = [0, 0, 0, 0, 2, 8, 1]
    private static let notServing: [UInt8] = [0, 0, 0, 0, 2, 8, 2]
    private static let unknown: [UInt8] = [0, 0, 0, 0, 2, 8, 3]

    private static func request(_ service: String) -> [UInt8] {
        let name = Array(service.utf8)
        return [0, 0, 0, 0, UInt8(name.count + 2), 0x0A, UInt8(name.count)] + name
    }

    @Test("a check is answered with a message and trailers of their own")
    func check() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.unhealthy(clock: running.clock))
            let client = try HTTP2Client(running.address)
            for (index, service) in ["", "api", "db"].enumerated() {
                let stream = UInt32(2 * index + 1)
                client.raw.send(HTTP2Client.call("Check", Self.request(service), stream: stream))
                let frames = try client.frames { $0.stream == stream && $0.flags & 1 == 1 }
                #expect(frames.data(of: stream) == (service == "api" ? Self.serving : Self.notServing))
                #expect(frames.filter { $0.type == 1 && $0.stream == stream }.count == 2)
            }
        }
    }

    @Test("a call that fails is answered by trailers alone")
    func trailersOnly() async throws {
        try await RunningServer.run { running in
            let client = try HTTP2Client(running.address)
            client.raw.send(HTTP2Client.call("Check", Self.request("none"), stream: 1))
            let frames = try client.frames { $0.stream == 1 && $0.flags & 1 == 1 }
            #expect(frames.filter { $0.stream == 1 }.map(\.type) == [1])
        }
    }

    @Test(
        "what asks for a method without calling itself gRPC is answered 415, by HTTP/2 and HTTP/1",
        arguments: ["application/json", "application/x-protobuf", ""]
    )
    func otherContentType(type: String) async throws {
        try await RunningServer.run { running in
            let client = try HTTP2Client(running.address)
            var fields = [(":method", "POST"), (":scheme", "http"), (":path", "/grpc.health.v1.Health/Check")]
            fields += [(":authority", "a")]
            if !type.isEmpty { fields.append(("content-type", type)) }
            client.raw.send(HTTP2Client.frame(1, flags: 5, stream: 1, HTTP2Client.block(fields)))
            let frames = try client.frames { $0.stream == 1 && $0.flags & 1 == 1 }
            let hint = "gRPC is spoken here over HTTP/2, with Content-Type: application/grpc"
            #expect(String(decoding: frames.data(of: 1), as: UTF8.self).contains(hint))
            let field = type.isEmpty ? "" : "Content-Type: \(type)\r\n"
            let older = try running.ask(
                "POST /grpc.health.v1.Health/Check HTTP/1.1\r\nHost: a\r\n\(field)Content-Length: 0\r\n\r\n"
            )
            #expect(older.code == 415)
            #expect(older.body.contains("\"error\":\"unsupported_media_type\""))
        }
    }

    @Test("a watcher is told the status at once, and then of changes only")
    func watch() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            let client = try HTTP2Client(running.address)
            client.raw.send(HTTP2Client.call("Watch", Self.request("db"), stream: 1))
            #expect(try client.frames { $0.type == 0 }.data(of: 1) == Self.serving)
            await running.publish(Snapshots.healthy(clock: running.clock, sequence: 2))
            await running.publish(Snapshots.unhealthy(clock: running.clock, sequence: 3))
            #expect(try client.frames { $0.type == 0 }.data(of: 1) == Self.notServing)
            await running.publish(
                Snapshots.snapshot(.healthy, [], sequence: 4, clock: running.clock)
            )
            #expect(try client.frames { $0.type == 0 }.data(of: 1) == Self.unknown)
            await running.publish(Snapshots.healthy(clock: running.clock, sequence: 5))
            #expect(try client.frames { $0.type == 0 }.data(of: 1) == Self.serving)
            await running.drain()
            #expect(try client.frames { $0.type == 0 }.data(of: 1) == Self.notServing)
        }
    }

    @Test("a verdict that grows old is told without a new snapshot")
    func stale() async throws {
        try await RunningServer.run { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            let client = try HTTP2Client(running.address)
            client.raw.send(HTTP2Client.call("Watch", Self.request("db"), stream: 1))
            #expect(try client.frames { $0.type == 0 }.data(of: 1) == Self.serving)
            running.clock.advance(by: .seconds(120))
            #expect(try client.frames { $0.type == 0 }.data(of: 1) == Self.notServing)
        }
    }

    @Test("a watcher whose deadline passes gets its trailers")
    func deadline() async throws {
        try await RunningServer.run { running in
            let client = try HTTP2Client(running.address)
            let timeout = [("grpc-timeout", "50m")]
            client.raw.send(HTTP2Client.call("Watch", Self.request("none"), stream: 1, fields: timeout))
            let frames = try client.frames { $0.stream == 1 && $0.flags & 1 == 1 }
            #expect(frames.data(of: 1) == Self.unknown)
        }
    }

    @Test("a listener without detail lists the aggregate only")
    func list() async throws {
        let listeners = [try RunningServer.anyPort(), try RunningServer.anyPort(detail: .off)]
        try await RunningServer.run(listeners: listeners) { running in
            await running.publish(Snapshots.healthy(clock: running.clock))
            let texts = try running.addresses.map { address in
                let client = try HTTP2Client(address)
                client.raw.send(HTTP2Client.call("List", [0, 0, 0, 0, 0], stream: 1))
                let frames = try client.frames { $0.stream == 1 && $0.flags & 1 == 1 }
                return String(decoding: frames.data(of: 1), as: UTF8.self)
            }
            #expect(texts[0].contains("db") && texts[0].contains("api"))
            #expect(!texts[1].contains("db") && !texts[1].contains("api") && texts[1].utf8.count > 5)
        }
    }

    @Test("the list of many targets is whole, though it is made off the event loop")
    func longList() async throws {
        try await RunningServer.run { running in
            await running.publish(LargeDocumentTests.many(1_000, clock: running.clock))
            let client = try HTTP2Client(running.address)
            for stream in [1, 3] as [UInt32] {
                client.raw.send(HTTP2Client.call("List", [0, 0, 0, 0, 0], stream: stream))
                let frames = try client.frames { $0.stream == stream && $0.flags & 1 == 1 }
                let message = frames.data(of: stream)
                let length = message.prefix(5).dropFirst().reduce(0) { $0 << 8 | Int($1) }
                #expect(message.count == length + 5)
                #expect(String(decoding: message, as: UTF8.self).contains("t999"))
            }
        }
    }

    @Test("watchers are bounded, and leave room when they go")
    func bound() async throws {
        try await RunningServer.run { running in
            let clients = try (0..<3).map { _ in try HTTP2Client(running.address) }
            for client in clients {
                let watches = (0..<90 as Range<UInt32>).flatMap { index in
                    HTTP2Client.call("Watch", Self.request(""), stream: 2 * index + 1)
                }
                client.raw.send(watches)
                _ = try client.frames { $0.stream == 179 && ($0.type == 0 || $0.flags & 1 == 1) }
            }
            let extra = try HTTP2Client(running.address)
            extra.raw.send(HTTP2Client.call("Watch", Self.request(""), stream: 1))
            let refused = try extra.frames { $0.stream == 1 && $0.flags & 1 == 1 }
            #expect(refused.data(of: 1).isEmpty)
            #expect(try running.get("/livez").code == 200)
        }
    }
}
