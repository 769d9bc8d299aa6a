// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers
import Testing
import TransportSecurity

@Suite("TCP probes in TLS on loopback")
struct TCPSecurityLoopbackTests {
    private let trusting = TLSSettings(authorityFile: FreshCertificates.authority)

    @Test("TLS from the first byte passes with the handshake alone")
    func handshake() async throws {
        let server = OpenSSLServer("soon")
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .tls(trusting))
        #expect(outcome.verdict == .healthy)
        #expect(outcome.layer == .l6OK)
        // Even where all of it came within one turn of the loop.
        let duration = try #require(outcome.phases.tls)
        #expect(duration > .zero)
        #expect(outcome.phases.transfer == nil)
        #expect(outcome.observed.tls?.isVerified == true)
        #expect(outcome.observed.tls?.version == "TLSv1.3")
    }

    @Test("a dialog is spoken in TLS", arguments: [TLSVersion.tls12, .tls13])
    func dialog(version: TLSVersion) async throws {
        let server = OpenSSLServer("soon", version == .tls12 ? "-tls1_2" : "-tls1_3")
        defer { server.stop() }
        let steps: [DialogStep] = [.send("GET / HTTP/1.0\r\n\r\n"), .expect("^HTTP/1.0 200 ")]
        let outcome = try await dialogOutcome(server.port, .tls(trusting), steps)
        #expect(outcome.verdict == .healthy)
        #expect(outcome.layer == .l7OK)
    }

    @Test(
        "what is wrong with a certificate names the failure",
        arguments: [
            ("selfsigned", FailureReason.tlsUntrusted), ("expired", .tlsExpired), ("early", .tlsExpired),
            ("other", .tlsHostname), ("nameonly", .tlsHostname),
        ]
    )
    func certificates(name: String, reason: FailureReason) async throws {
        let server = OpenSSLServer(name)
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .tls(trusting))
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.layer == .l6Response)
        #expect(outcome.failure?.reason == reason)
        #expect(outcome.failure?.evidence.phase == .tls)
        #expect(outcome.observed.tls?.chain.isEmpty == false)
    }

    @Test("a certificate that ends soon degrades where that is asked for")
    func expiry() async throws {
        let server = OpenSSLServer("soon")
        defer { server.stop() }
        var settings = trusting
        settings.expiry = CertificateExpiry(degraded: .seconds(30 * 86_400))
        let outcome = try await dialogOutcome(server.port, .tls(settings))
        #expect(outcome.verdict == .degraded)
        #expect(outcome.failure?.reason == .tlsExpired)
        #expect(outcome.layer == .l6OK)
    }

    @Test("a dialog resumes the session of the one before when that is asked for")
    func resumption() async throws {
        let server = OpenSSLServer("chained")
        defer { server.stop() }
        var settings = trusting
        settings.resumption = .seconds(60)
        let steps: [DialogStep] = [.send("GET / HTTP/1.0\r\n\r\n"), .expect("(New|Reused), TLSv1")]
        let probe = TCPProbe(
            address: try HostPort("127.0.0.1:\(server.port)"),
            security: .tls(settings),
            dialog: steps
        )
        let outcomes = try await withLoop { loop in
            let resolver = try SystemResolver()
            let prober = try TCPDialogProber(probe, resolver: resolver, files: TLSFiles())
            let recorder = Recorder()
            let outcomes = [await recorder.run(prober, on: loop), await recorder.run(prober, on: loop)]
            prober.stop(on: loop)
            resolver.stop(on: loop)
            return outcomes
        }
        #expect(outcomes.map(\.verdict) == [.healthy, .healthy])
        #expect(outcomes.map(\.observed.tls?.isResumed) == [false, true])
        #expect(outcomes.map(\.observed.tls?.chain.count) == [3, 3])
    }

    @Test("a client certificate that is demanded and missing is told, also when TLS 1.3 tells it after the handshake")
    func clientCertificate() async throws {
        let server = OpenSSLServer("soon", "-Verify", "1", "-CAfile", FreshCertificates.authority)
        defer { server.stop() }
        let steps: [DialogStep] = [.send("GET / HTTP/1.0\r\n\r\n"), .expect("^HTTP/1.0 200 ")]
        let without = try await dialogOutcome(server.port, .tls(trusting), steps)
        #expect(without.failure?.reason == .tlsHandshake)
        #expect(without.layer == .l6Response)
        #expect(without.failure?.evidence.tlsAlert == "certificate_required")
        var settings = trusting
        settings.certificateFile = FreshCertificates.path("client.pem")
        settings.keyFile = FreshCertificates.path("client.key")
        #expect(try await dialogOutcome(server.port, .tls(settings), steps).verdict == .healthy)
    }

    @Test("a file of ours that cannot be read is no fault of the target")
    func ownProblem() async throws {
        let server = ByteServer(.silence)
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .tls(TLSSettings(authorityFile: "/nowhere.pem")))
        #expect(outcome.verdict == .unknown)
        #expect(outcome.failure?.reason == .internal)
        #expect(outcome.message.contains("/nowhere.pem"))
    }

    @Test("a peer that speaks no TLS, closes, resets or says nothing in the handshake is told apart")
    func noTLS() async throws {
        let plain = ByteServer([
            [.send("220 hi\r\n"), .silence], [.readSomething], [.readSomething, .reset], [.silence],
        ])
        defer { plain.stop() }
        let speaks = try await dialogOutcome(plain.port, .tls(trusting))
        #expect(speaks.failure?.reason == .tlsHandshake)
        #expect(speaks.message == "the peer does not speak TLS")
        let closes = try await dialogOutcome(plain.port, .tls(trusting))
        #expect(closes.failure?.reason == .tlsHandshake)
        #expect(closes.message == "connection closed during the TLS handshake")
        let resets = try await dialogOutcome(plain.port, .tls(trusting))
        #expect(resets.failure?.reason == .reset)
        #expect(resets.layer == .l6Response)
        let silent = try await dialogOutcome(plain.port, .tls(trusting), timeout: fewSeconds)
        #expect(silent.failure?.reason == .timeout)
        #expect(silent.layer == .l6Timeout)
        #expect(silent.message == "connected, but no TLS session within 3s")
        #expect(silent.phases.tls != nil)
    }

    @Test("34: a real server is followed into TLS, and the dialog goes on there")
    func startTLS() async throws {
        let servers: [(StartTLSProtocol, StartTLSServer)] = [
            (.smtp, StartTLSServer("220 hi\\r\\n", "250 STARTTLS\\r\\n", "220 go\\r\\n")),
            (.imap, StartTLSServer("* OK hi\\r\\n", "a1 OK go\\r\\n")),
            (.pop3, StartTLSServer("+OK hi\\r\\n", "+OK go\\r\\n")),
            (.postgres, StartTLSServer("", "S")),
        ]
        defer { for (_, server) in servers { server.stop() } }
        for (name, server) in servers {
            let steps: [DialogStep] = [.send("NOOP\r\n"), .expect("^echo (NOOP)\r\n")]
            let outcome = try await dialogOutcome(server.port, .startTLS(name, trusting), steps)
            #expect(outcome.verdict == .healthy, "\(name): \(outcome.message)")
            #expect(outcome.layer == .l7OK)
            #expect(outcome.phases.tls != nil)
            #expect(outcome.observed.tls?.isVerified == true)
        }
    }

    @Test("34: a server that refuses STARTTLS is told with its answer")
    func refuses() async throws {
        let server = ByteServer(
            .send("220 hi\r\n"),
            .readSomething,
            .send("250 hi\r\n"),
            .readSomething,
            .send("454 no\r\n"),
            .silence
        )
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .startTLS(.smtp, trusting))
        #expect(outcome.failure?.reason == .protocolError)
        #expect(outcome.layer == .l7Response)
        #expect(outcome.message == "STARTTLS, step 3: the server refused TLS: 454 no")
        #expect(outcome.failure?.evidence.excerpt == "454 no")
    }

    @Test("bytes sent behind the consent are refused before any TLS")
    func injected() async throws {
        let server = ByteServer(.readSomething, .send("Sinjected"), .silence)
        defer { server.stop() }
        let outcome = try await dialogOutcome(server.port, .startTLS(.postgres, trusting))
        #expect(outcome.failure?.reason == .protocolError)
        #expect(outcome.failure?.evidence.excerpt == "injected")
        #expect(outcome.phases.tls == nil)
    }

    @Test("a server that closes, or says nothing, before STARTTLS is told so")
    func gone() async throws {
        let server = ByteServer([[.send("220 hi\r\n"), .readSomething], [.silence]])
        defer { server.stop() }
        let closes = try await dialogOutcome(server.port, .startTLS(.smtp, trusting))
        #expect(closes.failure?.reason == .protocolError)
        #expect(closes.message == "STARTTLS, step 2: connection closed")
        let silent = try await dialogOutcome(server.port, .startTLS(.smtp, trusting), timeout: fewSeconds)
        #expect(silent.failure?.reason == .timeout)
        #expect(silent.message == "STARTTLS, step 1: no answer within 3s")
    }
}
