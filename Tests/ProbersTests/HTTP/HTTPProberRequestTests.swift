// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers
import Testing

@Suite("HTTPProber: what is sent")
struct HTTPProberRequestTests {
    @Test(
        "credentials go into the Authorization field",
        arguments: [
            (HTTPCredentials.bearer(.text("t0ken")), "Authorization: Bearer t0ken\r\n"),
            (
                .basic(user: .text("Aladdin"), password: .text("open sesame")),
                "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"
            ),
        ]
    )
    func credentials(credentials: HTTPCredentials, field: String) async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let outcome = try await probe(HTTPProbe(url: url(server), credentials: credentials))
        #expect(outcome.verdict == .healthy)
        #expect(server.requests.first?.contains(field) == true)
    }

    @Test("P12: a secret that the target echoes is shown nowhere in the outcome")
    func echo() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("you are t0p-secret", status: "403 Forbidden"))
        defer { server.stop() }
        let key = SecretField(name: "X-Key", value: .text("t0p-secret"))
        let outcome = try await probe(HTTPProbe(url: url(server), secretHeaders: [key]))
        #expect(server.requests.first?.contains("X-Key: t0p-secret\r\n") == true)
        #expect(outcome.failure?.reason == .status)
        #expect(outcome.failure?.evidence.excerpt == "you are ***")
    }

    @Test("a replaced secret and a replaced body are sent from the next run on")
    func rotation() async throws {
        let answer: [ByteServer.Step] = [.readRequest, ByteServer.answer("ok")]
        let server = ByteServer([answer + answer, answer])
        defer { server.stop() }
        let (token, body) = (TemporaryFile(), TemporaryFile())
        defer {
            token.remove()
            body.remove()
        }
        token.write("first\n")
        body.write("12345")
        let probe = HTTPProbe(
            url: try url(server),
            method: "POST",
            credentials: .bearer(.file(token.path)),
            bodyFile: body.path
        )
        try await withLoop { loop in
            let prober = try HTTPProber(probe, over: HTTPClient(on: loop).transport, on: loop)
            _ = await prober.run(1, on: loop)
            token.write("second\n")
            _ = await prober.run(2, on: loop)
            body.write("1234567")
            _ = await prober.run(3, on: loop)
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
        }
        let seen = server.requests.map { request in
            request.split(separator: "\r\n").filter { $0.hasPrefix("Auth") || $0.hasPrefix("Content-Length") }.sorted()
        }
        #expect(
            seen == [
                ["Authorization: Bearer first", "Content-Length: 5"],
                ["Authorization: Bearer second", "Content-Length: 5"],
                ["Authorization: Bearer second", "Content-Length: 7"],
            ]
        )
    }

    @Test("what cannot be read is our own trouble, named by its reference, and nothing is sent")
    func missing() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("ok"))
        defer { server.stop() }
        let url = try url(server)
        let token = try await probe(HTTPProbe(url: url, credentials: .bearer(.file("/nowhere/token"))))
        #expect(token.verdict == .unknown && token.failure?.reason == .internal)
        #expect(token.message == "file /nowhere/token cannot be read: No such file or directory")
        let body = try await probe(HTTPProbe(url: url, bodyFile: "/nowhere/body"))
        #expect(body.verdict == .unknown && body.failure?.reason == .internal)
        #expect(body.message == "body file /nowhere/body cannot be read: No such file or directory")
        let colon = try await probe(HTTPProbe(url: url, credentials: .basic(user: .text("a:b"), password: .text("c"))))
        #expect(colon.message == "the configuration has a colon, which no user name may have")
        let lines = try await probe(HTTPProbe(url: url, credentials: .bearer(.text("a\r\nX-Injected: b"))))
        #expect(lines.message == "the configuration has a line break or a control character")
        #expect(server.accepted == 0)
    }

    private func url(_ server: ByteServer) throws -> HTTPURL {
        try HTTPURL("http://127.0.0.1:\(server.port)/")
    }

    private func probe(_ probe: HTTPProbe) async throws -> Outcome {
        try await withLoop { loop in
            let prober = try HTTPProber(probe, over: HTTPClient(on: loop).transport, on: loop)
            defer { prober.stop(on: loop) }
            return await prober.run(1, on: loop)
        }
    }
}
