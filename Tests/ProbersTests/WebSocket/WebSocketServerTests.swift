// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers
import Testing

/// Against a server that others wrote: Python's websockets.
@Suite("WebSocketProber and the websockets library")
struct WebSocketServerTests {
    private func probe(
        _ server: PythonServer,
        _ dialog: [WebSocketProbe.Step] = [],
        scheme: String = "ws",
        subprotocol: String? = nil,
        ping: Bool = false,
        tls: TLSSettings = TLSSettings()
    ) async throws -> Outcome {
        let url = try WebSocketURL("\(scheme)://127.0.0.1:\(server.port)/feed")
        let probe = WebSocketProbe(url: url, subprotocol: subprotocol, dialog: dialog, ping: ping, tls: tls)
        return try await WebSocketProberTests.probe(probe)
    }

    @Test("a dialog over fragments, pings of both sides and bytes passes, and closes in order")
    func dialog() async throws {
        let server = PythonServer("websocket_server")
        defer { server.stop() }
        let outcome = try await probe(
            server,
            [
                .expect("^hello$"), .send("one"), .expect("^one$"), .send("fragments größe"), .expect("^größe$"),
                .send("ping now"), .expect("ponged"), .sendBinary([0, 255, 1]), .expectBinary([0, 255, 1]),
                .send(String(repeating: "x", count: 60_000)), .expect("^x{60000}$"),
            ],
            ping: true
        )
        #expect(outcome.failure == nil)
        #expect(outcome.layer == .l7OK)
        #expect(outcome.observed.closeCode == 1000)
        #expect(outcome.phases.tls == nil)
    }

    @Test("a close by the server is told with its code and words")
    func closed() async throws {
        let server = PythonServer("websocket_server")
        defer { server.stop() }
        let outcome = try await probe(server, [.send("close 4001 no more"), .expect("never")])
        #expect(outcome.failure?.reason == .webSocketClose)
        #expect(outcome.message == "the server closed with code 4001 (no more)")
        #expect(outcome.observed.closeCode == 4001)
    }

    @Test(
        "a subprotocol is agreed on, or the probe fails",
        arguments: [("chat", nil), ("other", FailureReason.webSocketUpgrade)]
    )
    func subprotocol(name: String, reason: FailureReason?) async throws {
        let server = PythonServer("websocket_server", ["--subprotocol", "chat"])
        defer { server.stop() }
        #expect(try await probe(server, subprotocol: name).failure?.reason == reason)
    }

    @Test("wss passes with the right authority, and shows the certificate")
    func secure() async throws {
        let server = PythonServer("websocket_server", PythonServer.secure())
        defer { server.stop() }
        let tls = TLSSettings(authorityFile: "\(Nginx.certificates)/authority.pem")
        let outcome = try await probe(
            server,
            [.send("over TLS"), .expect("^over TLS$")],
            scheme: "wss",
            ping: true,
            tls: tls
        )
        #expect(outcome.failure == nil)
        #expect(outcome.phases.tls != nil)
        #expect(outcome.observed.tls?.leaf != nil)
        #expect(outcome.observed.closeCode == 1000)
    }

    @Test("wss with the wrong authority is untrusted, and the server is asked nothing")
    func untrusted() async throws {
        let server = PythonServer("websocket_server", PythonServer.secure())
        defer { server.stop() }
        let outcome = try await probe(server, scheme: "wss")
        #expect(outcome.layer == .l6Response)
        #expect(outcome.failure?.reason == .tlsUntrusted)
        #expect(outcome.observed.httpStatus == nil)
        #expect(outcome.phases.firstByte == nil)
    }

    @Test("a certificate that ends too soon decides the verdict of a probe that passed otherwise")
    func expiry() async throws {
        let server = PythonServer("websocket_server", PythonServer.secure())
        defer { server.stop() }
        let tls = TLSSettings(
            authorityFile: "\(Nginx.certificates)/authority.pem",
            expiry: CertificateExpiry(degraded: .seconds(365_000 * 86_400))
        )
        let outcome = try await probe(server, scheme: "wss", tls: tls)
        #expect(outcome.verdict == .degraded)
        #expect(outcome.failure?.reason == .tlsExpired)
    }

    @Test("wss to a server without TLS is a failed handshake, and an authority that is missing our own trouble")
    func plain() async throws {
        let server = PythonServer("websocket_server")
        defer { server.stop() }
        let outcome = try await probe(server, scheme: "wss")
        #expect(outcome.failure?.reason == .tlsHandshake)
        #expect(outcome.layer == .l6Response)
        let missing = try await probe(server, scheme: "wss", tls: TLSSettings(authorityFile: "/nowhere.pem"))
        #expect(missing.verdict == .unknown)
        #expect(missing.failure?.reason == .internal)
    }

    @Test("a server that is silent within the handshake has timed out there")
    func silentHandshake() async throws {
        let (descriptor, port) = LocalSocket.bound(backlog: 16)
        let probe = WebSocketProbe(url: try WebSocketURL("wss://127.0.0.1:\(port)/"))
        let outcome = try await WebSocketProberTests.probe(probe, timeout: .milliseconds(200))
        withExtendedLifetime(descriptor) {}
        #expect(outcome.failure?.reason == .timeout)
        #expect(outcome.layer == .l6Timeout)
        #expect(outcome.failure?.evidence.phase == .tls)
    }
}
