// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers
import Testing

/// The probe against grpcio's own health service.
@Suite("GRPCProber", .serialized, .timeLimit(.minutes(2)))
struct GRPCProberTests {
    @Test("the server as a whole is asked for, and SERVING is healthy")
    func serving() async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let outcome = try await probeOnce(try grpcProbe(server.port))
        #expect(outcome.verdict == .healthy)
        #expect(outcome.layer == .l7OK)
        #expect(outcome.observed.servingStatus == "SERVING")
        #expect(outcome.observed.grpcStatus == 0)
        #expect(outcome.observed.httpVersion == "2")
        #expect(outcome.observed.watch == nil)
        #expect(outcome.address == "127.0.0.1:\(server.port)")
        #expect(outcome.message.hasPrefix("SERVING in "))
        let phases = outcome.phases
        let sum = [phases.connect, phases.firstByte, phases.transfer].reduce(Duration.zero) { $0 + ($1 ?? .zero) }
        #expect(phases.tls == nil && phases.connect != nil && sum <= outcome.duration)
        // What the server needs for its answer, not the time until its SETTINGS.
        #expect(phases.firstByte ?? .zero > .microseconds(50))
    }

    @Test(
        "a service that takes no requests is not serving",
        arguments: ["NOT_SERVING", "UNKNOWN"]
    )
    func notServing(status: String) async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        server.command("set orders.v1.Orders \(status)")
        let outcome = try await probeOnce(try grpcProbe(server.port) { $0.service = "orders.v1.Orders" })
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.layer == .l7Status)
        #expect(outcome.failure?.reason == .grpcNotServing)
        #expect(outcome.message == "\(status), expected SERVING")
        #expect(outcome.observed.servingStatus == status)
    }

    @Test("an unknown service is grpc_status with NOT_FOUND, and a server without health checks grpc_unimplemented")
    func unknown() async throws {
        let server = PythonServer("grpc_server")
        let other = PythonServer("grpc_server", ["--service", "none"])
        defer {
            server.stop()
            other.stop()
        }
        let unknown = try await probeOnce(try grpcProbe(server.port) { $0.service = "nobody" })
        #expect(unknown.failure?.reason == .grpcStatus)
        #expect(unknown.layer == .l7Status)
        #expect(unknown.observed.grpcStatus == 5)
        #expect(unknown.message == "NOT_FOUND (5)")
        let without = try await probeOnce(try grpcProbe(other.port))
        #expect(without.failure?.reason == .grpcUnimplemented)
        #expect(without.observed.grpcStatus == 12)
    }

    @Test("a handler that sleeps for 30 s ends a probe of 2 s as a timeout after 2 s")
    func sleeping() async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let probe = try grpcProbe(server.port) { $0.service = "slow" }
        let outcome = try await probeOnce(probe, timeout: .seconds(2))
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.layer == .l7Timeout)
        #expect(outcome.duration >= .milliseconds(1_970) && outcome.duration < .milliseconds(2_400))
    }

    @Test("the server is told the time that is left, and its own DEADLINE_EXCEEDED before that is a gRPC status")
    func deadline() async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let outcome = try await probeOnce(try grpcProbe(server.port) { $0.service = "deadline" })
        #expect(outcome.failure?.reason == .grpcStatus)
        #expect(outcome.observed.grpcStatus == 4)
        let left = outcome.message.split(separator: " ").last.flatMap { Int($0) } ?? 0
        #expect((5_000...10_000).contains(left))
    }

    @Test("metadata is sent as written, several values in order, binary ones decoded by the server")
    func metadata() async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let probe = try grpcProbe(server.port) { probe in
            probe.service = "metadata"
            probe.metadata = [
                HTTPField(name: "x-key", value: "first"), HTTPField(name: "x-key", value: "second"),
                HTTPField(name: "x-trace-bin", value: "AQIDBA=="), HTTPField(name: "x-raw-bin", value: "AQIDBA"),
            ]
        }
        let outcome = try await probeOnce(probe)
        #expect(
            outcome.message == #"UNAUTHENTICATED (16): x-key='first' x-key='second' x-trace-bin=b'\x01\x02\x03\x04' "#
                + #"x-raw-bin=b'\x01\x02\x03\x04'"#
        )
    }

    @Test("the server's words are decoded")
    func message() async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let outcome = try await probeOnce(try grpcProbe(server.port) { $0.service = "draining" })
        #expect(outcome.message == "UNAVAILABLE (14): draining 50% done, größer")
    }

    @Test("TLS is spoken with the connection kept, and a certificate that does not hold is a reason of its own")
    func secure() async throws {
        let server = PythonServer("grpc_server", PythonServer.secure())
        defer { server.stop() }
        let probe = try grpcProbe(server.port) { $0.tls = trusting }
        try await withLoop { loop in
            let prober = GRPCProber(probe, over: HTTPClient(over: .sockets, on: loop).transport, on: loop)
            let recorder = Recorder()
            let first = await recorder.run(prober, on: loop)
            #expect(first.verdict == .healthy && first.phases.tls != nil)
            let second = await recorder.run(prober, on: loop)
            #expect(second.verdict == .healthy && second.phases.tls == nil)
            #expect(loop.budget.held == 1)
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
        }
        let untrusted = try await probeOnce(try grpcProbe(server.port) { $0.tls = TLSSettings() })
        #expect(untrusted.failure?.reason == .tlsUntrusted)
        let wrongName = try await probeOnce(
            try grpcProbe(server.port) { probe in
                probe.tls = trusting
                probe.tls?.serverName = "wrong.test"
            }
        )
        #expect(wrongName.failure?.reason == .tlsHostname)
    }

    @Test("run after run over plain text goes over one connection, and none is left")
    func again() async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let probe = try grpcProbe(server.port)
        try await withLoop { loop in
            let prober = GRPCProber(probe, over: HTTPClient(over: .sockets, on: loop).transport, on: loop)
            let recorder = Recorder()
            for run in 0..<5 {
                let outcome = await recorder.run(prober, on: loop)
                #expect(outcome.verdict == .healthy && (outcome.phases.connect != nil) == (run == 0))
                #expect(loop.budget.held == 1)
            }
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    @Test("a server that does not speak HTTP/2, or no TLS, or only TLS, is told apart")
    func mismatches() async throws {
        let plain = PythonServer("grpc_server")
        let secure = PythonServer("grpc_server", PythonServer.secure())
        let old = PythonServer("h2_server", PythonServer.secure() + ["--alpn", "http/1.1"])
        let nginx = Nginx()
        defer {
            for server in [plain, secure, old] { server.stop() }
            nginx.stop()
        }
        let tlsToPlain = try await probeOnce(try grpcProbe(plain.port) { $0.tls = trusting })
        #expect(tlsToPlain.failure?.reason == .tlsHandshake)
        #expect(tlsToPlain.message == "the peer does not speak TLS")
        let plainToTLS = try await probeOnce(try grpcProbe(secure.port))
        // The server ends with our bytes unread, which its kernel may tell as a reset.
        let reason = plainToTLS.failure?.reason
        #expect(reason == .protocolError || reason == .reset, "\(plainToTLS.message)")
        #expect(plainToTLS.layer == .l7Response)
        let plainToOld = try await probeOnce(try grpcProbe(nginx.port))
        #expect(plainToOld.failure?.reason == .protocolError && plainToOld.layer == .l7Response)
        let noALPN = try await probeOnce(try grpcProbe(nginx.securePort) { $0.tls = trusting })
        // nginx speaks HTTP/2 there, and answers as a web server.
        #expect(noALPN.failure?.reason == .protocolError)
        #expect(noALPN.message == "not gRPC: content type \"text/plain\", expected application/grpc")
        // This one chooses HTTP/1.1, and its HTTP/2 preface is no answer in that.
        let chosenOld = try await probeOnce(try grpcProbe(old.port) { $0.tls = trusting })
        #expect(chosenOld.failure?.reason == .protocolError)
    }

    @Test("stopping ends a run without an outcome and leaves no descriptor")
    func stop() async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let probe = try grpcProbe(server.port) { $0.service = "slow" }
        try await withLoop { loop in
            let prober = GRPCProber(probe, over: HTTPClient(over: .sockets, on: loop).transport, on: loop)
            prober.start(ProbeRunID(1), deadline: loop.now.advanced(by: .seconds(30)), for: Recorder(), on: loop)
            #expect(loop.budget.held == 1)
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
        }
    }
}
