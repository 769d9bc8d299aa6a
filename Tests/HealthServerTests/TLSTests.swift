// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import HealthServer

@Suite("TLS of listeners")
struct TLSTests {
    private static let files = ListenerTLS(certificateFile: "/c.pem", keyFile: "/c.key")

    private static func papers(_ name: String = "good") -> Papers {
        Papers([
            "/c.pem": Papers.certificate("\(name).pem"), "/c.key": Papers.certificate("\(name).key"),
            "file /token": "tok-123",
        ])
    }

    private static func listener(_ tls: ListenerTLS? = files, token: Secret? = nil) throws -> ListenerSettings {
        var settings = try RunningServer.anyPort()
        settings.tls = tls
        settings.token = token
        return settings
    }

    private static var quick: ServerLimits {
        var limits = ServerLimits()
        limits.keyInterval = .milliseconds(10)
        limits.headerTimeout = .milliseconds(100)
        return limits
    }

    /// Looks until `condition` holds; false after ten seconds.
    static func waits(for condition: () async -> Bool) async -> Bool {
        let end = ContinuousClock.now.advanced(by: .seconds(10))
        while ContinuousClock.now < end {
            if await condition() { return true }
            await Task.yield()
        }
        return false
    }

    /// The serial number of the certificate that the server shows.
    private static func serialNumber(_ address: ListenAddress) async throws -> [UInt8] {
        guard case .tcp(let hostPort) = address else { return [] }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        let context = try NIOSSLContext(configuration: configuration)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = try NIOSSLClientHandler(context: context, serverHostname: nil)
                    try channel.pipeline.syncOperations.addHandler(tls)
                }
            }
            .connect(host: hostPort.host, port: hostPort.port).get()
        // The write is done once the handshake is.
        try await channel.writeAndFlush(ByteBuffer(string: "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n")).get()
        let number = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self).peerCertificate?.serialNumber
        }.get()
        // Which side ends TLS first is not what is asked here.
        try? await channel.close().get()
        return number ?? []
    }

    @Test("plain text on a TLS port is closed and counted")
    func plainText() async throws {
        try await RunningServer.run(listeners: [try Self.listener()], material: Self.papers()) { running in
            let client = try RawClient(running.address)
            client.send("GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = (try? client.receiveAll()) ?? ""
            #expect(!answer.contains("HTTP/"))
            #expect(await Self.waits { await running.server.counters().handshakeFailures == 1 })
        }
    }

    @Test("a handshake that does not end in time is closed and counted")
    func slowHandshake() async throws {
        let (listener, papers) = (try Self.listener(), Self.papers())
        try await RunningServer.run(listeners: [listener], limits: Self.quick, material: papers) { running in
            let client = try RawClient(running.address)
            client.send([0x16, 0x03, 0x01, 0x02, 0x00])
            let answer = (try? client.receive()) ?? []
            // At most an alert: TLS says goodbye.
            #expect(answer.count < 64)
            #expect(await Self.waits { await running.server.counters().handshakeTimeouts == 1 })
        }
    }

    @Test("a certificate that changes is shown to new connections, and one of no use changes nothing")
    func renewal() async throws {
        let (listener, papers, notices) = (try Self.listener(), Self.papers(), Notices())
        var limits = ServerLimits()
        limits.keyInterval = .milliseconds(10)
        try await RunningServer.run(listeners: [listener], limits: limits, material: papers, notices: notices) {
            running in
            let first = try await Self.serialNumber(running.address)
            papers.write("not a certificate", to: "/c.pem")
            let refused = "the certificate stays as it was: tls: certificate /c.pem holds no certificate in PEM"
            #expect(await Self.waits { notices.messages == [refused] })
            let second = try await Self.serialNumber(running.address)
            #expect(second == first)
            papers.write(Papers.certificate("other.pem"), to: "/c.pem")
            let mismatch = "the certificate stays as it was: tls: key /c.key does not belong to certificate /c.pem"
            #expect(await Self.waits { notices.messages.last == mismatch })
            papers.write(Papers.certificate("other.key"), to: "/c.key")
            #expect(await Self.waits { notices.messages.last == "the certificate was renewed" })
            let third = try await Self.serialNumber(running.address)
            #expect(third != first)
        }
    }

    @Test("what is missing or does not fit at the start names the file and the cause")
    func refusedAtTheStart() async throws {
        func reason(_ papers: Papers, _ tls: ListenerTLS = Self.files, token: Secret? = nil) async throws -> String? {
            let listener = try Self.listener(tls, token: token)
            let error = await #expect(throws: ListenError.self) {
                try await RunningServer.run(listeners: [listener], material: papers) { _ in }
            }
            return error?.reason
        }
        let papers = Self.papers()
        papers.write(Papers.certificate("other.key"), to: "/c.key")
        #expect(try await reason(papers) == "tls: key /c.key does not belong to certificate /c.pem")
        papers.write("nonsense", to: "/c.key")
        #expect(try await reason(papers) == "tls: key /c.key holds no private key in PEM that needs no passphrase")
        papers.write(nil, to: "/c.key")
        #expect(try await reason(papers) == "/c.key cannot be read: No such file or directory")
        papers.write("", to: "/c.pem")
        papers.write(Papers.certificate("good.key"), to: "/c.key")
        #expect(try await reason(papers) == "tls: certificate /c.pem holds no certificate in PEM")
        let authority = ListenerTLS(certificateFile: "/c.pem", keyFile: "/c.key", clientAuthorityFile: "/none.pem")
        #expect(try await reason(Self.papers(), authority) == "/none.pem cannot be read: No such file or directory")
        let spaced = Self.papers()
        spaced.write("tok 123", to: "file /token")
        let unusable = "token: file /token: the token holds a space, a control character or a letter beyond ASCII"
        #expect(try await reason(spaced, token: .file("/token")) == unusable)
    }

    @Test("a token that changes opens from then on, and the old one no longer")
    func tokenRenewal() async throws {
        let (papers, notices) = (Self.papers(), Notices())
        let listener = try Self.listener(nil, token: .file("/token"))
        var limits = ServerLimits()
        limits.keyInterval = .milliseconds(10)
        try await RunningServer.run(listeners: [listener], limits: limits, material: papers, notices: notices) {
            running in
            func code(_ token: String?) throws -> Int {
                let field = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
                return try running.get("/metrics", fields: field).code
            }
            let before = try [code(nil), code("tok-123"), code("tok-456")]
            #expect(before == [401, 200, 401])
            let ready = try running.get("/readyz")
            #expect(ready.code == 503, "a status is for everybody")
            papers.write("tok-456", to: "file /token")
            #expect(await Self.waits { notices.messages == ["the token was renewed"] })
            let after = try [code("tok-123"), code("tok-456")]
            #expect(after == [401, 200])
            papers.write(nil, to: "file /token")
            #expect(await Self.waits { notices.messages.count == 2 })
            let kept = try code("tok-456")
            #expect(kept == 200)
            let counters = await running.server.counters()
            #expect(counters.refusedAccess == 3)
        }
    }
}
