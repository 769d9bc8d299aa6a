// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

/// A server's certificate, what is trusted, and what becomes of it.
struct CertificateCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let certificate: String
    let authority: String?
    let serverName: String?
    let reason: FailureReason?
    let message: String?
    /// The subjects of the chain that is told.
    let chain: [String]

    init(
        _ description: String,
        _ certificate: String,
        trusting authority: String? = "authority",
        as serverName: String? = nil,
        _ reason: FailureReason?,
        _ message: String? = nil,
        chain: [String]
    ) {
        testDescription = description
        self.certificate = certificate
        self.authority = authority
        self.serverName = serverName
        self.reason = reason
        self.message = message
        self.chain = chain
    }

    static let table: [CertificateCase] = [
        CertificateCase(
            "a chain with an intermediate",
            "chained",
            nil,
            chain: ["CN=chained", "CN=intermediate", "CN=Fresh authority"]
        ),
        CertificateCase(
            "a chain whose intermediate is not sent",
            "orphan",
            .tlsUntrusted,
            "the certificate of CN=orphan is not trusted: unable to get local issuer certificate",
            chain: ["CN=orphan"]
        ),
        CertificateCase(
            "self-signed without CA",
            "selfsigned",
            .tlsUntrusted,
            "the certificate of CN=selfsigned is not trusted: self-signed certificate",
            chain: ["CN=selfsigned"]
        ),
        CertificateCase("self-signed with CA", "selfsigned", trusting: "selfsigned", nil, chain: ["CN=selfsigned"]),
        CertificateCase(
            "an unknown authority, against the system's bundle",
            "chained",
            trusting: nil,
            .tlsUntrusted,
            chain: ["CN=chained", "CN=intermediate"]
        ),
        CertificateCase("an expired leaf", "expired", .tlsExpired, chain: ["CN=expired", "CN=Fresh authority"]),
        CertificateCase(
            "an expired intermediate",
            "dead-chain",
            .tlsExpired,
            chain: ["CN=dead-chain", "CN=dead-intermediate", "CN=Fresh authority"]
        ),
        CertificateCase("a leaf not yet valid", "early", .tlsExpired, chain: ["CN=early", "CN=Fresh authority"]),
        CertificateCase(
            "another name",
            "other",
            as: "target.test",
            .tlsHostname,
            "the certificate is for other.test, not for target.test",
            chain: ["CN=other", "CN=Fresh authority"]
        ),
        CertificateCase(
            "an address without its address in the certificate",
            "nameonly",
            .tlsHostname,
            "the certificate is for localhost, not for 127.0.0.1",
            chain: ["CN=nameonly", "CN=Fresh authority"]
        ),
        CertificateCase(
            "a name in the certificate",
            "nameonly",
            as: "localhost",
            nil,
            chain: ["CN=nameonly", "CN=Fresh authority"]
        ),
    ]

    var settings: TLSSettings {
        TLSSettings(
            authorityFile: authority.map { FreshCertificates.path("\($0).pem") },
            serverName: serverName
        )
    }
}

@Suite("HTTPS: handshakes, whoever carries them")
struct HTTPHandshakeTests {
    @Test(
        "rows 21 to 24: a certificate's fault has its reason, and the facts are told all the same",
        arguments: CertificateCase.table,
        Carrier.allCases
    )
    func certificate(_ line: CertificateCase, _ carrier: Carrier) async throws {
        let server = OpenSSLServer(line.certificate)
        defer { server.stop() }
        let fetched = try await fetch(request(server.port, scheme: "https") { $0.tls = line.settings }, over: carrier)
        #expect(fetched.reason == line.reason)
        #expect(fetched.layer == line.reason.map { _ in .l6Response })
        if let message = line.message { #expect(fetched.message == message) }
        let facts = try #require(fetched.result.tls)
        #expect(facts.version == "TLSv1.3")
        #expect(facts.cipher == "TLS_AES_128_GCM_SHA256")
        #expect(facts.chain.map(\.subject) == line.chain)
        #expect(facts.isVerified == (line.reason == nil))
        #expect((facts.verificationProblem == nil) == (line.reason == nil))
    }

    @Test(
        "verify: false accepts every certificate, and still tells what is wrong with it",
        arguments: CertificateCase.table,
        Carrier.allCases
    )
    func unverified(_ line: CertificateCase, _ carrier: Carrier) async throws {
        let server = OpenSSLServer(line.certificate)
        defer { server.stop() }
        let fetched = try await fetch(
            request(server.port, scheme: "https") { request in
                request.tls = line.settings
                request.tls.verify = false
            },
            over: carrier
        )
        #expect(fetched.answer?.status == 200)
        let facts = try #require(fetched.result.tls)
        #expect(facts.isVerified == (line.reason == nil))
        #expect((facts.verificationProblem == nil) == (line.reason == nil))
        #expect(facts.chain.map(\.subject) == line.chain)
    }

    @Test("what a certificate says is told: names, dates, serial, issuer", arguments: Carrier.allCases)
    func facts(_ carrier: Carrier) async throws {
        let server = OpenSSLServer("soon")
        defer { server.stop() }
        let fetched = try await fetch(request(server.port, scheme: "https") { $0.tls = trusting }, over: carrier)
        let leaf = try #require(fetched.result.tls?.leaf)
        #expect(leaf.subject == "CN=soon" && leaf.issuer == "CN=Fresh authority")
        #expect(leaf.names == ["localhost", "target.test", "127.0.0.1"])
        // Its two dates are told by the clock one after the other.
        #expect((13 * 43_200...13 * 43_200 + 60).contains(leaf.notAfter - leaf.notBefore))
        #expect(leaf.serial.utf8.count >= 16 && leaf.serial.allSatisfy(\.isHexDigit))
        #expect(fetched.result.tls?.firstToExpire == leaf)
    }

    @Test("TLS 1.1 is refused by default and spoken when it is asked for", arguments: Carrier.allCases)
    func oldVersion(_ carrier: Carrier) async throws {
        let server = OpenSSLServer("chained", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
        defer { server.stop() }
        let refused = try await fetch(request(server.port, scheme: "https") { $0.tls = trusting }, over: carrier)
        #expect(refused.reason == .tlsHandshake && refused.layer == .l6Response)
        #expect(
            refused.message
                == "the server ended TLS with alert 70 protocol_version: it does not speak TLS 1.2 or newer"
        )
        #expect(refused.result.failure?.failure.evidence.tlsAlert == "protocol_version")
        let spoken = try await fetch(
            request(server.port, scheme: "https") { request in
                request.tls = trusting
                request.tls.minimumVersion = .tls11
            },
            over: carrier
        )
        #expect(spoken.answer?.status == 200)
        #expect(spoken.result.tls?.version == "TLSv1.1")
    }

    @Test("TLS 1.3 as the oldest version refuses a server that speaks 1.2", arguments: Carrier.allCases)
    func newVersion(_ carrier: Carrier) async throws {
        let server = OpenSSLServer("chained", "-tls1_2")
        defer { server.stop() }
        let refused = try await fetch(
            request(server.port, scheme: "https") { request in
                request.tls = trusting
                request.tls.minimumVersion = .tls13
            },
            over: carrier
        )
        #expect(refused.reason == .tlsHandshake)
        #expect(refused.message?.contains("TLS 1.3 or newer") == true)
    }

    @Test(
        "row 26: a server that demands a client certificate gets the right one, with its chain",
        arguments: [
            ("-tls1_2", "client"), ("-tls1_2", "grandchild"), ("-tls1_3", "client"), ("-tls1_3", "grandchild"),
        ],
        Carrier.allCases
    )
    func clientCertificate(_ line: (version: String, certificate: String), _ carrier: Carrier) async throws {
        let (version, certificate) = line
        let server = OpenSSLServer(asking: version, demand: "2")
        defer { server.stop() }
        let passed = try await fetch(
            request(server.port, scheme: "https") { request in
                request.tls = trusting
                request.tls.certificateFile = FreshCertificates.path("\(certificate).pem")
                request.tls.keyFile = FreshCertificates.path("\(certificate).key")
            },
            over: carrier
        )
        #expect(passed.answer?.status == 200)
        #expect(passed.result.tls?.isVerified == true)
    }

    @Test(
        "row 26: the server's refusal of a client certificate, or of none, is told with its alert",
        arguments: [
            ("-tls1_3", nil, "alert 116 certificate_required: it demands a client certificate"),
            ("-tls1_2", nil, "alert 40 handshake_failure: it asked for a client certificate"),
            ("-tls1_3", "foreign", "alert 48 unknown_ca: it refuses our client certificate"),
            ("-tls1_2", "foreign", "alert 48 unknown_ca: it refuses our client certificate"),
        ] as [(String, String?, String)],
        Carrier.allCases
    )
    func refusedClient(
        _ line: (version: String, certificate: String?, message: String),
        _ carrier: Carrier
    ) async throws {
        let (version, certificate, message) = line
        let server = OpenSSLServer(asking: version, demand: "1")
        defer { server.stop() }
        let refused = try await fetch(
            request(server.port, scheme: "https") { request in
                request.tls = trusting
                request.tls.certificateFile = certificate.map { FreshCertificates.path("\($0).pem") }
                request.tls.keyFile = certificate.map { FreshCertificates.path("\($0).key") }
            },
            over: carrier
        )
        #expect(refused.reason == .tlsHandshake)
        #expect(refused.layer == .l6Response)
        #expect(refused.message == "the server ended TLS with \(message)")
        #expect(refused.result.tls?.isVerified == true)
    }

    @Test(
        "a client certificate that cannot be used is our own failure, and says which file",
        arguments: [
            ("missing.pem", "client.key", "/missing.pem cannot be read: No such file or directory"),
            ("client.pem", "missing.key", "/missing.key cannot be read: No such file or directory"),
            ("client.pem", "client2.key", "does not belong to the certificate in"),
            ("client.pem", "locked.key", "is protected by a passphrase"),
            ("client.key", "client.key", "/client.key holds no certificate"),
            ("client.pem", "client.pem", "/client.pem holds no private key that can be used"),
        ],
        Carrier.allCases
    )
    func brokenIdentity(
        _ line: (certificate: String, key: String, message: String),
        _ carrier: Carrier
    ) async throws {
        let (certificate, key, message) = line
        let server = OpenSSLServer("chained")
        defer { server.stop() }
        let fetched = try await fetch(
            request(server.port, scheme: "https") { request in
                request.tls = trusting
                request.tls.certificateFile = FreshCertificates.path(certificate)
                request.tls.keyFile = FreshCertificates.path(key)
            },
            over: carrier
        )
        #expect(fetched.reason == .internal)
        #expect(fetched.message?.contains(message) == true, "\(fetched.message ?? "-")")
    }

    @Test(
        "a client certificate that is replaced is shown at the next handshake; halfway the old one stays",
        arguments: Carrier.allCases
    )
    func replacedIdentity(_ carrier: Carrier) async throws {
        let server = OpenSSLServer(
            "chained",
            "-Verify",
            "1",
            "-verify_return_error",
            "-CAfile",
            FreshCertificates.authority
        )
        defer { server.stop() }
        let (certificate, key) = (TemporaryFile(), TemporaryFile())
        defer {
            certificate.remove()
            key.remove()
        }
        @Sendable func put(_ name: String, into file: TemporaryFile, _ ending: String) {
            file.write(TemporaryFile.contents(of: FreshCertificates.path("\(name).\(ending)")))
        }
        put("foreign", into: certificate, "pem")
        put("foreign", into: key, "key")
        let secure = try request(server.port, scheme: "https") { request in
            request.connection = .fresh
            request.tls = trusting
            request.tls.certificateFile = certificate.path
            request.tls.keyFile = key.path
        }
        try await withLoop { loop in
            let client = HTTPClient(over: carrier, on: loop)
            let exchange = client.transport.prepare(secure, on: loop)
            let refused = await client.run(exchange, on: loop)
            #expect(refused.reason == .tlsHandshake)
            put("client", into: certificate, "pem")
            let halfway = await client.run(exchange, on: loop)
            #expect(halfway.reason == .tlsHandshake)
            put("client", into: key, "key")
            let passed = await client.run(exchange, on: loop)
            #expect(passed.answer?.status == 200)
            exchange.close(on: loop)
        }
    }

    @Test(
        "the facts of a kept connection are told with every exchange on it, whoever opened it",
        arguments: Carrier.allCases
    )
    func keptConnection(_ carrier: Carrier) async throws {
        let nginx = Nginx()
        defer { nginx.stop() }
        let secure = try request(nginx.securePort, scheme: "https") { $0.tls.authorityFile = authority }
        try await withLoop { loop in
            let client = HTTPClient(over: carrier, on: loop)
            let exchanges = (0..<2).map { _ in client.transport.prepare(secure, on: loop) }
            let first = await client.run(exchanges[0], on: loop)
            let second = await client.run(exchanges[0], on: loop)
            let third = await client.run(exchanges[1], on: loop)
            #expect(!first.result.isReused && second.result.isReused)
            // Only libcurl lets several targets use one connection.
            #expect(third.result.isReused == (carrier == .libcurl))
            #expect(first.result.tls?.leaf?.subject == "CN=good")
            #expect(second.result.tls == first.result.tls)
            #expect(third.result.tls == first.result.tls)
            for exchange in exchanges { exchange.close(on: loop) }
        }
    }

    @Test("targets that do TLS in different ways never share a connection", arguments: Carrier.allCases)
    func separateSettings(_ carrier: Carrier) async throws {
        let nginx = Nginx(settings: "ssl_protocols TLSv1.2 TLSv1.3;")
        defer { nginx.stop() }
        var variants = [TLSSettings](repeating: TLSSettings(authorityFile: authority), count: 5)
        variants[1].verify = false
        variants[2].minimumVersion = .tls13
        variants[3].certificateFile = FreshCertificates.path("client.pem")
        variants[3].keyFile = FreshCertificates.path("client.key")
        variants[4].serverName = "target.test"
        let requests = try variants.map { tls in try request(nginx.securePort, scheme: "https") { $0.tls = tls } }
        try await withLoop { loop in
            let client = HTTPClient(over: carrier, on: loop)
            let exchanges = requests.map { client.transport.prepare($0, on: loop) }
            for exchange in exchanges {
                let fetched = await client.run(exchange, on: loop)
                #expect(fetched.answer?.status == 200, "\(fetched.message ?? "-")")
                #expect(!fetched.result.isReused)
            }
            for exchange in exchanges { exchange.close(on: loop) }
        }
    }

    @Test("C2: a server that stalls after its ServerHello is a timeout of the TLS layer", arguments: Carrier.allCases)
    func stallsAfterServerHello(_ carrier: Carrier) async throws {
        // A TLS 1.2 ServerHello: version, 32 bytes of random, no session, AES128-GCM, no compression, renegotiation info.
        let hello: [UInt8] =
            [22, 3, 3, 0, 49, 2, 0, 0, 45, 3, 3] + [UInt8](repeating: 7, count: 32)
            + [0, 0xC0, 0x2F, 0, 0, 5, 0xFF, 1, 0, 1, 0]
        let server = ByteServer(.readSomething, .sendBytes(hello), .silence)
        defer { server.stop() }
        let fetched = try await fetch(request(server.port, scheme: "https"), over: carrier, timeout: .milliseconds(300))
        #expect(fetched.reason == .timeout)
        #expect(fetched.layer == .l6Timeout)
    }

    @Test(
        "a server that answers ClientHello with any bytes is told as a TLS failure",
        arguments: 0..<UInt64(40),
        Carrier.allCases
    )
    func randomServerHello(seed: UInt64, _ carrier: Carrier) async throws {
        var random = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next() -> UInt8 {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            return UInt8(truncatingIfNeeded: random >> 24)
        }
        let noise = (0..<200).map { _ in next() }
        // Half of them begin as a handshake record does, so that the noise is read as a message.
        let length = UInt8(noise.count + 4)
        let bytes = seed % 2 == 0 ? noise : [22, 3, 3, 0, length, 2, 0, 0, length - 4] + noise
        let server = ByteServer(.readSomething, .sendBytes(bytes))
        defer { server.stop() }
        let fetched = try await fetch(request(server.port, scheme: "https"), over: carrier)
        #expect([.tlsHandshake, .reset].contains(fetched.reason))
        #expect(fetched.layer == .l6Response)
    }

    private var trusting: TLSSettings { TLSSettings(authorityFile: FreshCertificates.authority) }
}
