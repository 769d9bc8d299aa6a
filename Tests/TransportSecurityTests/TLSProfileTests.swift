// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import Testing
import TransportSecurity

@Suite("TLSProfile, with contexts of our own")
struct TLSProfileTests {
    private static func profile(_ change: (inout TLSSettings) -> Void = { _ in }) -> TLSProfile {
        var settings = TLSSettings(authorityFile: FreshCertificates.authority)
        change(&settings)
        return TLSFiles().profile(for: settings)
    }

    @Test("a good chain passes, by address and by server name")
    func good() throws {
        let server = OpenSSLServer("chained")
        defer { server.stop() }
        let byAddress = try BlockingClient.connect(to: server.port, Self.profile())
        #expect(byAddress.answer.hasPrefix("HTTP/1.0 200 ok"))
        #expect(byAddress.facts?.isVerified == true)
        #expect(byAddress.facts?.chain.map(\.subject) == ["CN=chained", "CN=intermediate", "CN=Fresh authority"])
        let byName = try BlockingClient.connect(to: server.port, Self.profile { $0.serverName = "target.test" })
        #expect(byName.facts?.isVerified == true)
        let dotted = try BlockingClient.connect(to: server.port, Self.profile(), host: "localhost.")
        #expect(dotted.failure == nil)
    }

    @Test("the server hears a name, and no address")
    func serverName() throws {
        let nginx = Nginx(locations: "location = / { return 200 'name=$ssl_server_name;'; }")
        defer { nginx.stop() }
        let trusting = Self.profile { $0.authorityFile = Nginx.certificates + "/authority.pem" }
        let byAddress = try BlockingClient.connect(to: nginx.securePort, trusting)
        #expect(byAddress.answer.hasSuffix("name=;"))
        let byName = try BlockingClient.connect(to: nginx.securePort, trusting, host: "localhost")
        #expect(byName.answer.hasSuffix("name=localhost;"))
    }

    @Test(
        "a certificate may have a key of any kind that signs",
        arguments: ["chained", "rsa", "rsa-pss", "ed25519", "ed448"],
        ["-tls1_2", "-tls1_3"]
    )
    func keys(certificate: String, version: String) throws {
        let server = OpenSSLServer(certificate, version)
        defer { server.stop() }
        let result = try BlockingClient.connect(to: server.port, Self.profile())
        #expect(result.failure == nil)
        #expect(result.facts?.isVerified == true)
        #expect(result.facts?.leaf?.subject == "CN=\(certificate)")
    }

    @Test(
        "a server chooses among ciphers of every sort",
        arguments: [
            "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
            "DHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES256-SHA256", "AES128-SHA256",
        ]
    )
    func ciphers(suite: String) throws {
        let server = OpenSSLServer("rsa", "-tls1_2", "-cipher", suite)
        defer { server.stop() }
        let result = try BlockingClient.connect(to: server.port, Self.profile())
        #expect(result.failure == nil)
        #expect(result.facts?.cipher == suite)
    }

    @Test(
        "a certificate's fault has its reason",
        arguments: [
            ("expired", FailureReason.tlsExpired), ("dead-chain", .tlsExpired), ("early", .tlsExpired),
            ("selfsigned", .tlsUntrusted), ("orphan", .tlsUntrusted), ("other", .tlsHostname),
        ]
    )
    func faults(certificate: String, reason: FailureReason) throws {
        let server = OpenSSLServer(certificate)
        defer { server.stop() }
        let refused = try BlockingClient.connect(to: server.port, Self.profile())
        #expect(refused.failure?.reason == reason)
        #expect(refused.facts?.isVerified == false)
        #expect(refused.facts?.leaf?.subject == "CN=\(certificate)")
        let accepted = try BlockingClient.connect(to: server.port, Self.profile { $0.verify = false })
        #expect(accepted.failure == nil)
        #expect(accepted.facts?.isVerified == false)
    }

    @Test("what is wrong besides is told after the reason that matters most")
    func severalProblems() throws {
        let server = OpenSSLServer("expired")
        defer { server.stop() }
        let refused = try BlockingClient.connect(to: server.port, Self.profile { $0.serverName = "wrong.test" })
        #expect(refused.failure?.reason == .tlsExpired)
        #expect(refused.failure?.message.hasSuffix("; also: hostname mismatch") == true)
        #expect(refused.facts?.verificationProblem == "hostname mismatch; certificate has expired")
    }

    @Test("a refused client is told the alert, in TLS 1.3 only at the first read", arguments: ["-tls1_2", "-tls1_3"])
    func refusedClient(version: String) throws {
        let server = OpenSSLServer(asking: version, demand: "1")
        defer { server.stop() }
        let refused = try BlockingClient.connect(to: server.port, Self.profile())
        #expect(refused.failure?.reason == .tlsHandshake)
        let alert = version == "-tls1_3" ? "certificate_required" : "handshake_failure"
        #expect(refused.failure?.evidence.tlsAlert == alert)
        let passed = try BlockingClient.connect(
            to: server.port,
            Self.profile { settings in
                settings.certificateFile = FreshCertificates.path("client.pem")
                settings.keyFile = FreshCertificates.path("client.key")
            }
        )
        #expect(passed.failure == nil)
    }

    @Test("a plain peer, and one that closes, are told apart")
    func noTLS() throws {
        let plain = ByteServer(.readSomething, .send("220 mail.test ESMTP\r\n"))
        let closing = ByteServer(.readSomething)
        defer {
            plain.stop()
            closing.stop()
        }
        let spoken = try BlockingClient.connect(to: plain.port, Self.profile())
        #expect(spoken.failure?.message == "the peer does not speak TLS")
        #expect(spoken.facts == nil)
        let closed = try BlockingClient.connect(to: closing.port, Self.profile())
        #expect(closed.failure?.message == "connection closed during the TLS handshake")
    }

    @Test("a context is kept as long as its files stay, and made anew after one has changed")
    func contexts() throws {
        let file = TemporaryFile()
        defer { file.remove() }
        file.write(TemporaryFile.contents(of: FreshCertificates.authority))
        let profile = Self.profile { $0.authorityFile = file.path }
        let first = try profile.context()
        #expect(try profile.context() === first)
        file.write("broken")
        #expect(try profile.context() === first)
        #expect(profile.problem == "the CA file \(file.path) holds no usable certificates")
        file.write(TemporaryFile.contents(of: FreshCertificates.path("selfsigned.pem")))
        #expect(try profile.context() !== first)
        #expect(profile.problem == nil)
        let server = OpenSSLServer("selfsigned")
        defer { server.stop() }
        #expect(try BlockingClient.connect(to: server.port, profile).facts?.isVerified == true)
    }

    @Test("files that cannot be used are listed with what holds meanwhile, until they can be used or nobody needs them")
    func problems() throws {
        let file = TemporaryFile()
        defer { file.remove() }
        file.write(TemporaryFile.contents(of: FreshCertificates.authority))
        let files = TLSFiles()
        do {
            let profile = files.profile(for: TLSSettings(authorityFile: file.path))
            let lost = files.profile(for: TLSSettings(authorityFile: "/nowhere/ca.pem"))
            let never = "the CA file /nowhere/ca.pem cannot be read: No such file or directory"
            #expect(files.problems == [never])
            _ = try profile.context()
            file.write("broken")
            _ = try profile.context()
            let broken =
                "the CA file \(file.path) holds no usable certificates; the authorities read before stay in force"
            #expect(files.problems == [never, broken].sorted())
            file.write(TemporaryFile.contents(of: FreshCertificates.authority))
            _ = try profile.context()
            #expect(files.problems == [never])
            _ = lost
        }
        #expect(files.problems == [])
    }

    @Test("without a usable CA file nothing is verified: our own failure, or nothing told where nothing is enforced")
    func noAuthorities() throws {
        #expect(throws: TLSSetupProblem.self) {
            try Self.profile { $0.authorityFile = "/nowhere/ca.pem" }.context()
        }
        let server = OpenSSLServer("chained")
        defer { server.stop() }
        let profile = Self.profile { settings in
            settings.authorityFile = "/nowhere/ca.pem"
            settings.verify = false
        }
        let accepted = try BlockingClient.connect(to: server.port, profile)
        #expect(accepted.failure == nil)
        #expect(accepted.facts?.isVerified == nil && accepted.facts?.leaf?.subject == "CN=chained")
    }

    @Test("C4: a long chain is told in part, and one of more than 100 KiB ends the handshake")
    func longChain() throws {
        let stranger = TemporaryFile.contents(of: FreshCertificates.path("stranger.pem"))
        let file = TemporaryFile()
        defer { file.remove() }
        file.write(String(repeating: stranger, count: 60))
        let long = OpenSSLServer("orphan", "-cert_chain", file.path)
        defer { long.stop() }
        let refused = try BlockingClient.connect(to: long.port, Self.profile())
        #expect(refused.failure?.reason == .tlsUntrusted)
        #expect(refused.facts?.chain.count == TLSFacts.maximumCertificates)
        file.write(String(repeating: stranger, count: 600))
        let longer = OpenSSLServer("orphan", "-cert_chain", file.path)
        defer { longer.stop() }
        let ended = try BlockingClient.connect(to: longer.port, Self.profile())
        #expect(ended.failure?.reason == .tlsHandshake)
        #expect(ended.failure?.message == "TLS handshake failed: excessive message size")
    }

    @Test("a certificate with a thousand names is told with twenty")
    func manyNames() throws {
        let server = OpenSSLServer("crowded")
        defer { server.stop() }
        let passed = try BlockingClient.connect(to: server.port, Self.profile { $0.serverName = "n999.test" })
        #expect(passed.failure == nil)
        #expect(passed.facts?.leaf?.names.count == 20)
        #expect(passed.facts?.leaf?.names.first == "n0.test")
    }
}
