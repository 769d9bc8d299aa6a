// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers
import Testing

@Suite("GRPCWatchProber", .serialized, .timeLimit(.minutes(2)))
struct GRPCWatchProberTests {
    private static func prober(_ probe: GRPCProbe, on loop: isolated EventLoop) -> GRPCWatchProber {
        GRPCWatchProber(probe, seed: 7, over: HTTPClient(over: .sockets, on: loop).transport, on: loop)
    }

    @Test("the first run opens the stream, the next ones are answered from it at once", arguments: [false, true])
    func live(isSecure: Bool) async throws {
        let server = PythonServer("grpc_server", isSecure ? PythonServer.secure() : [])
        defer { server.stop() }
        let probe = try grpcProbe(server.port) { $0.tls = isSecure ? trusting : nil }
        try await withLoop { loop in
            let prober = Self.prober(probe, on: loop)
            let recorder = Recorder()
            let first = await recorder.run(prober, on: loop)
            #expect(first.verdict == .healthy && first.layer == .l7OK)
            #expect(first.observed.watch == .opened && first.observed.servingStatus == "SERVING")
            #expect(first.phases.connect != nil && first.phases.firstByte != nil)
            for _ in 0..<GRPCWatchProber.maximumSilentRuns {
                let next = await recorder.run(prober, on: loop)
                #expect(next.verdict == .healthy && next.observed.watch == .live)
                #expect(next.phases == PhaseTimings() && next.address == first.address)
                #expect(next.duration < .milliseconds(50))
            }
            #expect(recorder.requests == 0)
            #expect(loop.budget.held == 1)
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    @Test("an update asks for a run, which tells it")
    func update() async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let probe = try grpcProbe(server.port)
        try await withLoop { loop in
            let prober = Self.prober(probe, on: loop)
            let recorder = Recorder()
            _ = await recorder.run(prober, on: loop)
            server.command("set - NOT_SERVING")
            await recorder.requests(atLeast: 1, on: loop)
            let down = await recorder.run(prober, on: loop)
            #expect(down.verdict == .unhealthy && down.failure?.reason == .grpcNotServing)
            #expect(down.observed.watch == .live)
            server.command("set - SERVING")
            await recorder.requests(atLeast: 2, on: loop)
            let up = await recorder.run(prober, on: loop)
            #expect(up.verdict == .healthy)
            prober.stop(on: loop)
        }
    }

    @Test("a service that the server does not know yet is not serving, and the stream waits for it")
    func serviceUnknown() async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let probe = try grpcProbe(server.port) { $0.service = "later" }
        try await withLoop { loop in
            let prober = Self.prober(probe, on: loop)
            let recorder = Recorder()
            let unknown = await recorder.run(prober, on: loop)
            #expect(unknown.failure?.reason == .grpcNotServing)
            #expect(unknown.observed.servingStatus == "SERVICE_UNKNOWN")
            server.command("set later SERVING")
            await recorder.requests(atLeast: 1, on: loop)
            let known = await recorder.run(prober, on: loop)
            #expect(known.verdict == .healthy && known.observed.watch == .live)
            prober.stop(on: loop)
        }
    }

    @Test("a server that is killed is a failure at once, then reconnection is asked for, and its return is healthy")
    func killed() async throws {
        let port = freeLowPort()
        let server = PythonServer("grpc_server", ["--port", "\(port)"])
        defer { server.stop() }
        let probe = try grpcProbe(port)
        try await withLoop { loop in
            let prober = Self.prober(probe, on: loop)
            let recorder = Recorder()
            _ = await recorder.run(prober, on: loop)
            server.stop()
            await recorder.requests(atLeast: 1, on: loop)
            let broken = await recorder.run(prober, on: loop)
            #expect(broken.verdict == .unhealthy)
            #expect(broken.failure?.reason == .protocolError || broken.failure?.reason == .reset)
            #expect(broken.address == "127.0.0.1:\(port)")
            let before = loop.kernel.now
            await recorder.requests(atLeast: 2, on: loop)
            #expect(before.duration(to: loop.kernel.now) >= .milliseconds(700))
            let refused = await recorder.run(prober, on: loop)
            #expect(refused.failure?.reason == .refused)
            let next = PythonServer("grpc_server", ["--port", "\(port)"])
            await recorder.requests(atLeast: 3, on: loop)
            let back = await recorder.run(prober, on: loop)
            #expect(back.verdict == .healthy && back.observed.watch == .opened)
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
            next.stop()
        }
    }

    @Test("a stream that says nothing is renewed, and a server that hangs fails that run")
    func silent() async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let probe = try grpcProbe(server.port)
        try await withLoop { loop in
            let prober = Self.prober(probe, on: loop)
            let recorder = Recorder()
            for _ in 0...GRPCWatchProber.maximumSilentRuns { _ = await recorder.run(prober, on: loop) }
            let renewed = await recorder.run(prober, on: loop)
            #expect(renewed.verdict == .healthy && renewed.observed.watch == .opened)
            #expect(loop.budget.held == 1)
            server.command("hang")
            for _ in 0..<GRPCWatchProber.maximumSilentRuns {
                let believed = await recorder.run(prober, on: loop)
                #expect(believed.verdict == .healthy)
            }
            let hung = await recorder.run(prober, timeout: .milliseconds(300), on: loop)
            #expect(hung.failure?.reason == .timeout && hung.layer == .l7Timeout)
            #expect(loop.budget.held == 0)
            server.command("go on")
            let back = await recorder.run(prober, on: loop)
            #expect(back.verdict == .healthy && back.observed.watch == .opened)
            prober.stop(on: loop)
        }
    }

    @Test("a server without Watch is checked instead, from the first run on")
    func unimplemented() async throws {
        let server = PythonServer("grpc_server", ["--service", "check"])
        defer { server.stop() }
        let probe = try grpcProbe(server.port)
        try await withLoop { loop in
            let prober = Self.prober(probe, on: loop)
            let recorder = Recorder()
            for _ in 0..<3 {
                let outcome = await recorder.run(prober, on: loop)
                #expect(outcome.verdict == .healthy && outcome.observed.watch == .unimplemented)
            }
            server.command("set - NOT_SERVING")
            let down = await recorder.run(prober, on: loop)
            #expect(down.failure?.reason == .grpcNotServing)
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    @Test("a server without health checks at all is grpc_unimplemented")
    func noHealth() async throws {
        let server = PythonServer("grpc_server", ["--service", "none"])
        defer { server.stop() }
        let probe = try grpcProbe(server.port)
        try await withLoop { loop in
            let prober = Self.prober(probe, on: loop)
            let outcome = await Recorder().run(prober, on: loop)
            #expect(outcome.failure?.reason == .grpcUnimplemented)
            prober.stop(on: loop)
        }
    }

    @Test("a server that ends in good order is a failure with its status")
    func ended() async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let probe = try grpcProbe(server.port)
        try await withLoop { loop in
            let prober = Self.prober(probe, on: loop)
            let recorder = Recorder()
            _ = await recorder.run(prober, on: loop)
            server.command("end")
            await recorder.requests(atLeast: 1, on: loop)
            let ended = await recorder.run(prober, on: loop)
            #expect(ended.verdict == .unhealthy)
            prober.stop(on: loop)
        }
    }

    @Test(
        "no status within the deadline is a timeout, and nothing is left of the attempt",
        arguments: ["silent", "half"]
    )
    func timeout(service: String) async throws {
        let server = PythonServer("h2_server")
        defer { server.stop() }
        let probe = try grpcProbe(server.port) { $0.service = service }
        try await withLoop { loop in
            let prober = Self.prober(probe, on: loop)
            let outcome = await Recorder().run(prober, timeout: .milliseconds(300), on: loop)
            #expect(outcome.failure?.reason == .timeout && outcome.layer == .l7Timeout)
            #expect(loop.budget.held == 0)
            prober.stop(on: loop)
        }
    }

    @Test("a server that floods its stream is not believed, and costs no memory")
    func flood() async throws {
        let server = PythonServer("h2_server")
        defer { server.stop() }
        let probe = try grpcProbe(server.port) { $0.service = "body_flood" }
        try await withLoop { loop in
            let prober = Self.prober(probe, on: loop)
            let recorder = Recorder()
            let first = await recorder.run(prober, on: loop)
            if first.verdict == .healthy { await recorder.requests(atLeast: 1, on: loop) }
            let next = first.verdict == .healthy ? await recorder.run(prober, on: loop) : first
            #expect(next.verdict == .unhealthy)
            #expect(next.failure?.reason == .protocolError || next.failure?.reason == .tooLarge)
            #expect(loop.budget.held == 0)
            prober.stop(on: loop)
        }
    }

    @Test("stopping while the first stream opens tells nobody and leaves nothing")
    func stop() async throws {
        let server = PythonServer("h2_server")
        defer { server.stop() }
        let probe = try grpcProbe(server.port) { $0.service = "silent" }
        try await withLoop { loop in
            let prober = Self.prober(probe, on: loop)
            prober.start(ProbeRunID(1), deadline: loop.now.advanced(by: .seconds(30)), for: Recorder(), on: loop)
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    /// A port of nobody's, below those that the kernel gives out by itself, so that a server can come back to it.
    private func freeLowPort() -> UInt16 {
        var random = SystemRandomNumberGenerator()
        while true {
            let port = UInt16.random(in: 20_000..<32_000, using: &random)
            if LocalSocket.isFree(port) { return port }
        }
    }
}
