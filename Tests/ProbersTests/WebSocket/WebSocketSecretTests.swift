// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers
import Testing
import TransportSecurity

@Suite("Secrets of WebSocket and gRPC probes")
struct WebSocketSecretTests {
    @Test("a secret header is sent with the upgrade, and hidden where the server echoes it")
    func header() async throws {
        let refusal = ByteServer.answer("no entry for t0p-secret", status: "403 Forbidden")
        let server = ByteServer(.readRequest, refusal)
        defer { server.stop() }
        let key = SecretField(name: "X-Key", value: .text("t0p-secret"))
        let probe = WebSocketProbe(url: try WebSocketURL("ws://127.0.0.1:\(server.port)/"), secretHeaders: [key])
        let outcome = try await WebSocketProberTests.probe(probe)
        #expect(server.requests.first?.contains("\r\nX-Key: t0p-secret\r\n") == true)
        #expect(outcome.failure?.reason == .webSocketUpgrade)
        #expect(!"\(outcome)".contains("t0p-secret"))
    }

    @Test("a secret that cannot be read is our own trouble, and nothing is sent")
    func missing() async throws {
        let server = ByteServer(.readRequest, .silence)
        defer { server.stop() }
        let key = SecretField(name: "x-key", value: .file("/nowhere/key"))
        let probe = WebSocketProbe(url: try WebSocketURL("ws://127.0.0.1:\(server.port)/"), secretHeaders: [key])
        let address = try HostPort("127.0.0.1:\(server.port)")
        let outcomes = [
            try await WebSocketProberTests.probe(probe),
            try await probeOnce(GRPCProbe(address: address, secretMetadata: [key])),
        ]
        for outcome in outcomes {
            #expect(outcome.verdict == .unknown && outcome.failure?.reason == .internal)
            #expect(outcome.message == "file /nowhere/key cannot be read: No such file or directory")
        }
        #expect(server.accepted == 0)
    }

    @Test("secret metadata is sent with a call, and hidden where the server tells it")
    func metadata() async throws {
        let server = PythonServer("grpc_server")
        defer { server.stop() }
        let outcome = try await probeOnce(
            try grpcProbe(server.port) { probe in
                probe.service = "metadata"
                probe.secretMetadata = [SecretField(name: "x-key", value: .text("t0p-secret"))]
            }
        )
        #expect(outcome.message.contains("x-key='***'"))
        #expect(!"\(outcome)".contains("t0p-secret"))
    }
}
