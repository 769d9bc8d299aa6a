// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import Testing

/// gRPC targets through the built binary, against grpcio's health service.
@Suite("gRPC, end to end", .serialized, .timeLimit(.minutes(2)))
struct GRPCTests {
    @Test("probe --grpc asks once, and its exit code is the verdict")
    func adHoc() {
        let server = PythonServer("grpc_server", ["--port", "\(Port.free())"])
        defer { server.stop() }
        let folder = TemporaryFolder()
        let healthy = ChildProcess(
            [Agent.binary, "probe", "--grpc", "127.0.0.1:\(server.port)", "--format", "json"],
            in: folder,
            name: "healthy"
        )
        #expect(healthy.waitForExit() == 0)
        #expect(healthy.output.contains(#""kind":"grpc","verdict":"healthy""#))
        #expect(healthy.output.contains(#""grpc_status":0,"serving_status":"SERVING""#))
        let unknown = ChildProcess(
            [Agent.binary, "probe", "--grpc", "127.0.0.1:\(server.port)", "--service", "nobody"],
            in: folder,
            name: "unknown"
        )
        #expect(unknown.waitForExit() == 2)
        #expect(unknown.output.contains("grpc_status (L7STS): NOT_FOUND (5)"))
        let misused = ChildProcess(
            [Agent.binary, "probe", "--tcp", "127.0.0.1:1", "--tls"],
            in: folder,
            name: "misused"
        )
        #expect(misused.waitForExit() == 64)
    }

    @Test(
        "a watched target follows its server: an update, a kill and a return, each long before its next turn",
        arguments: [1, 2]
    )
    func watched(loops: Int) throws {
        let server = PythonServer("grpc_server", ["--port", "\(Port.free())"])
        defer { server.stop() }
        // The first target takes the first loop; where there are two, the watched one is on the other.
        let agent = try Agent(
            probes: [
                "orders.yaml": """
                probes:
                  often: {tcp: '127.0.0.1:1', interval: 500ms, timeout: 500ms, impact: informational}
                  orders:
                    grpc: {address: '127.0.0.1:\(server.port)', mode: watch}
                    interval: 1h
                    breaker: {failure_threshold: 1, success_threshold: 1, open_for: 500ms, backoff: {multiplier: 1, max: 500ms}}
                """
            ],
            settings: "agent: {drain: 1s, loops: \(loops)}\n"
        )
        #expect(agent.waits(for: 200))
        server.command("set - NOT_SERVING")
        #expect(agent.waits(for: 503))
        server.command("set - SERVING")
        #expect(agent.waits(for: 200))
        server.stop()
        #expect(agent.waits(for: 503))
        let next = PythonServer("grpc_server", ["--port", "\(server.port)"])
        defer { next.stop() }
        #expect(agent.waits(for: 200))
    }
}
