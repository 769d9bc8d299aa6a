// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers
import Testing

/// What a server does (the service's name says it), and what the probe must make of it.
struct GRPCHostileCase: CustomTestStringConvertible, Sendable {
    let service: String
    let reason: FailureReason?
    let layer: Layer
    let message: String

    var testDescription: String { service }

    init(_ service: String, _ reason: FailureReason?, _ layer: Layer, _ message: String) {
        self.service = service
        self.reason = reason
        self.layer = layer
        self.message = message
    }

    static let answers: [GRPCHostileCase] = [
        .init("serving", nil, .l7OK, "SERVING in "),
        .init("unknown_fields", nil, .l7OK, "SERVING in "),
        .init("content_type:application/grpc+proto", nil, .l7OK, "SERVING in "),
        .init("interim", nil, .l7OK, "SERVING in "),
        .init("content_length", nil, .l7OK, "SERVING in "),
        .init("status:0", .grpcNotServing, .l7Status, "UNKNOWN, expected SERVING"),
        .init("status:3", .grpcNotServing, .l7Status, "SERVICE_UNKNOWN, expected SERVING"),
        .init("status:7", .grpcNotServing, .l7Status, "7, expected SERVING"),
        .init("empty_message", .grpcNotServing, .l7Status, "UNKNOWN, expected SERVING"),
        .init("trailers_only:14", .grpcStatus, .l7Status, "UNAVAILABLE (14): draining 50% done %zz %"),
        .init("trailers_only:12", .grpcUnimplemented, .l7Status, "UNIMPLEMENTED (12): draining 50% done %zz %"),
        .init("trailers_only:x", .protocolError, .l7Response, "grpc-status \"x\" is not a number"),
        .init("trailers:5", .grpcStatus, .l7Status, "NOT_FOUND (5): größer"),
        .init("missing_status", .protocolError, .l7Response, "the answer has no grpc-status"),
        .init("no_message", .protocolError, .l7Response, "OK without a message"),
        .init("two_messages", .protocolError, .l7Response, "more than one message"),
        .init("truncated", .protocolError, .l7Response, "the answer ends within a message"),
        .init("compressed:", .protocolError, .l7Response, "a compressed message without a grpc-encoding"),
        .init("compressed:identity", .protocolError, .l7Response, "a compressed message without a grpc-encoding"),
        .init("compressed:gzip", .decode, .l7Response, "the message is compressed (gzip), which was not offered"),
        .init("flag:2", .protocolError, .l7Response, "the answer is not made of messages (compression flag 2)"),
        .init("absurd_length", .tooLarge, .l7Response, "a message of 4294967295 bytes (at most 65536)"),
        .init("one_too_long", .tooLarge, .l7Response, "a message of 65537 bytes (at most 65536)"),
        .init("bad_protobuf", .decode, .l7Response, "the message is not a HealthCheckResponse: it ends within a field"),
        .init(
            "http:503",
            .grpcStatus,
            .l7Status,
            "HTTP status 503 without a gRPC status, which stands for UNAVAILABLE (14)"
        ),
        .init(
            "http:404",
            .grpcUnimplemented,
            .l7Status,
            "HTTP status 404 without a gRPC status, which stands for UNIMPLEMENTED (12)"
        ),
        .init(
            "http:200",
            .protocolError,
            .l7Response,
            "not gRPC: content type \"text/html\", expected application/grpc"
        ),
        .init("grpc_in_http:503", .grpcStatus, .l7Status, "RESOURCE_EXHAUSTED (8)"),
    ]

    static let connections: [GRPCHostileCase] = [
        .init("rst:0", .protocolError, .l7Response, "the server ended the stream before an answer"),
        .init("rst:1", .protocolError, .l7Response, "the server reset the stream: PROTOCOL_ERROR (1)"),
        .init("rst:2", .reset, .l7Response, "the server reset the stream: INTERNAL_ERROR (2)"),
        .init("rst:7", .reset, .l7Response, "the server refused the request again and again"),
        .init("rst:8", .reset, .l7Response, "the server reset the stream: CANCEL (8)"),
        .init("rst:11", .reset, .l7Response, "the server reset the stream: ENHANCE_YOUR_CALM (11)"),
        .init("rst:77", .reset, .l7Response, "the server reset the stream: code 77"),
        .init("rst_within:2", .reset, .l7Response, "the server reset the stream: INTERNAL_ERROR (2)"),
        .init("goaway:0", .protocolError, .l7Response, "the server gave the connection up or broke the protocol"),
        .init("goaway:11", .protocolError, .l7Response, "the server gave the connection up or broke the protocol"),
        .init("goaway_within:0", .protocolError, .l7Response, "the answer ended too early"),
        .init("close_within", .protocolError, .l7Response, "the answer ended too early"),
        .init("hang_up", .protocolError, .l7Response, "the answer ended too early"),
        .init("many_fields", .protocolError, .l7Response, "more than 100 header fields"),
        .init("many_trailers", .protocolError, .l7Response, "more than 100 header fields"),
        .init("long_trailer", .protocolError, .l7Response, "headers longer than 32768 bytes"),
        .init("settings_flood", .protocolError, .l7Response, "the server speaks no proper HTTP/2: Flooding"),
        .init("ping_flood", .protocolError, .l7Response, "the server speaks no proper HTTP/2: 1048576 bytes"),
        .init("broken_frame", .protocolError, .l7Response, "the server speaks no proper HTTP/2"),
        .init("bad_status", .protocolError, .l7Response, "the server speaks no proper HTTP/2: Invalid"),
        .init("capitals", .protocolError, .l7Response, "the answer broke off: Invalid HTTP header field"),
        .init("wrong_length", .protocolError, .l7Response, "the answer broke off: PROTOCOL_ERROR (1)"),
    ]
}

@Suite("GRPCProber and hostile servers", .serialized, .timeLimit(.minutes(2)))
struct GRPCHostileTests {
    /// Ends with this process, as its standard input does.
    private static let server = PythonServer("h2_server")
    private static let secureServer = PythonServer("h2_server", PythonServer.secure())

    @Test("an answer is judged by what is wrong with it", arguments: GRPCHostileCase.answers)
    func answer(hostile: GRPCHostileCase) async throws {
        let outcome = try await probeOnce(try grpcProbe(Self.server.port) { $0.service = hostile.service })
        #expect(outcome.failure?.reason == hostile.reason)
        #expect(outcome.layer == hostile.layer)
        #expect(hostile.reason == nil ? outcome.message.hasPrefix(hostile.message) : outcome.message == hostile.message)
        #expect(outcome.address == "127.0.0.1:\(Self.server.port)")
        #expect(outcome.phases.firstByte != nil)
    }

    @Test("a stream or connection that ends badly says how", arguments: GRPCHostileCase.connections)
    func connection(hostile: GRPCHostileCase) async throws {
        let outcome = try await probeOnce(try grpcProbe(Self.server.port) { $0.service = hostile.service })
        #expect(outcome.failure?.reason == hostile.reason)
        #expect(outcome.layer == hostile.layer)
        #expect(outcome.message.hasPrefix(hostile.message))
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.duration < .seconds(5))
    }

    @Test("the same over TLS", arguments: GRPCHostileCase.answers + GRPCHostileCase.connections)
    func secure(hostile: GRPCHostileCase) async throws {
        let probe = try grpcProbe(Self.secureServer.port) { probe in
            probe.service = hostile.service
            probe.tls = trusting
        }
        let outcome = try await probeOnce(probe)
        #expect(outcome.failure?.reason == hostile.reason)
        #expect(outcome.layer == hostile.layer)
        #expect(outcome.duration < .seconds(5))
    }

    @Test(
        "a server that never answers, or never ends its answer, is a timeout at the deadline",
        arguments: ["silent", "half"]
    )
    func silent(service: String) async throws {
        let probe = try grpcProbe(Self.server.port) { $0.service = service }
        let outcome = try await probeOnce(probe, timeout: .milliseconds(300))
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.layer == .l7Timeout)
        #expect(outcome.duration >= .milliseconds(290) && outcome.duration < .milliseconds(900))
    }

    @Test("a server that accepts and says nothing at all is a timeout at the deadline", arguments: [false, true])
    func tarpit(isSecure: Bool) async throws {
        let server = ByteServer(.silence)
        defer { server.stop() }
        let probe = try grpcProbe(server.port) { $0.tls = isSecure ? trusting : nil }
        let outcome = try await probeOnce(probe, timeout: .milliseconds(300))
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.layer == (isSecure ? .l6Timeout : .l7Timeout))
        #expect(outcome.duration >= .milliseconds(290) && outcome.duration < .milliseconds(900))
    }

    @Test("a server that says GOAWAY along with its answer has answered")
    func goaway() async throws {
        let probe = try grpcProbe(Self.secureServer.port) { probe in
            probe.service = "goaway_once"
            probe.tls = trusting
        }
        let outcome = try await probeOnce(probe)
        #expect(outcome.verdict == .healthy)
    }

    @Test("a server that refuses a request unseen is asked once more, on another connection")
    func refusedOnce() async throws {
        let outcome = try await probeOnce(try grpcProbe(Self.server.port) { $0.service = "refused_once" })
        #expect(outcome.verdict == .healthy)
    }

    @Test(
        "a connection that the server closes, gives up or floods between two runs is replaced unseen",
        arguments: ["close_after", "goaway_after", "flood_after"]
    )
    func replaced(service: String) async throws {
        let probe = try grpcProbe(Self.server.port) { $0.service = service }
        try await withLoop { loop in
            let prober = GRPCProber(probe, over: HTTPClient(over: .sockets, on: loop).transport, on: loop)
            let recorder = Recorder()
            for _ in 0..<3 {
                let outcome = await recorder.run(prober, on: loop)
                #expect(outcome.verdict == .healthy)
            }
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    @Test("after a timeout over TLS the next run has a new connection")
    func afterTimeout() async throws {
        let probe = try grpcProbe(Self.secureServer.port) { probe in
            probe.service = "silent"
            probe.tls = trusting
        }
        try await withLoop { loop in
            let prober = GRPCProber(probe, over: HTTPClient(over: .sockets, on: loop).transport, on: loop)
            let recorder = Recorder()
            for _ in 0..<2 {
                let outcome = await recorder.run(prober, timeout: .milliseconds(300), on: loop)
                #expect(outcome.failure?.reason == .timeout)
                #expect(outcome.phases.tls != nil)
                #expect(loop.budget.held == 0)
            }
            prober.stop(on: loop)
        }
    }

    @Test("a server that floods its answer is given up at once", arguments: [false, true])
    func flood(isSecure: Bool) async throws {
        let probe = try grpcProbe(isSecure ? Self.secureServer.port : Self.server.port) { probe in
            probe.service = "body_flood"
            probe.tls = isSecure ? trusting : nil
        }
        let outcome = try await probeOnce(probe)
        // Whichever is seen first: the second message, or more bytes at once than any answer has.
        #expect(outcome.failure?.reason == .protocolError || outcome.failure?.reason == .tooLarge)
        #expect(outcome.layer == .l7Response)
        #expect(outcome.duration < .seconds(5))
    }

    @Test("a connection that is refused is told as such")
    func refused() async throws {
        let (descriptor, port) = LocalSocket.bound(backlog: nil)
        defer { _ = descriptor }
        let outcome = try await probeOnce(try grpcProbe(port))
        #expect(outcome.failure?.reason == .refused)
        #expect(outcome.layer == .l4Connection)
    }
}
