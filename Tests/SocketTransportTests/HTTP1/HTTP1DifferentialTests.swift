// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import SocketTransport

/// The same bytes for libcurl and for our own reader: the same verdict, or a stricter one that is written down here.
@Suite("Plain HTTP/1.1 beside libcurl", .timeLimit(.minutes(5)))
struct HTTP1DifferentialTests {
    /// Where we refuse what libcurl takes, and why.
    static let stricter: [(problem: String, why: String)] = [
        (
            "no single Content-Length",
            "libcurl believes the last of several lengths; where the answer ends is then a guess"
        ),
        ("which was not asked for", "libcurl takes codings off that nobody asked for, and leaves unknown ones on"),
        ("broken status line", "libcurl takes HTTP/1.9 and codes without an end"),
        ("101 without a question", "libcurl waits for another answer on what is no HTTP any more"),
        ("NUL in a header", "libcurl looks for NULs in whole lines only"),
        ("no status line", "libcurl takes white space before the status line"),
        ("headers longer than", "libcurl has no bound for the lines of an interim answer together"),
        ("broken chunked coding", "libcurl takes a chunk's end that is not CRLF, or more digits"),
        ("ended too early", "libcurl takes the end of the connection for the end of chunks or trailers"),
    ]

    static let texts = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nServer: x\r\n\r\nuntil the end",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    ]

    @Test("any damaged answer has the same verdict, or a stricter one for a known reason", arguments: 0..<UInt64(6))
    func damaged(seed: UInt64) async throws {
        var noise = Noise(state: seed &+ 1)
        var answers: [[UInt8]] = []
        for _ in 0..<25 {
            var bytes = Array(Self.texts[Int(noise.next() % UInt64(Self.texts.count))].utf8)
            for _ in 0...(noise.next() % 3) {
                let position = Int(noise.next() % UInt64(bytes.count))
                switch noise.next() % 3 {
                case 0: bytes[position] = UInt8(truncatingIfNeeded: noise.next())
                case 1: bytes.remove(at: position)
                default: bytes.insert(UInt8(truncatingIfNeeded: noise.next()), at: position)
                }
            }
            answers.append(bytes)
        }
        for answer in answers { try await compare(answer) }
    }

    private func compare(_ answer: [UInt8]) async throws {
        let server = ByteServer([[.readRequest, .sendBytes(answer)]])
        defer { server.stop() }
        let asked = try plainRequest(server.port) { $0.connection = .fresh }
        let (theirs, ours) = try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let theirs = await client.fetch(asked, on: loop)
            let exchange = prepared(asked, client, on: loop)
            let ours = await client.run(exchange, on: loop)
            exchange.close(on: loop)
            return (theirs, ours)
        }
        let text = String(decoding: answer, as: UTF8.self).debugDescription
        switch (theirs.answer, ours.answer) {
        case (let theirs?, let ours?):
            #expect(theirs.status == ours.status, "\(text)")
            let isSame = theirs.body == ours.body
            #expect(isSame, "\(text): \(theirs.body.count) and \(ours.body.count) bytes")
        case (_?, nil):
            let message = ours.message ?? ""
            #expect(Self.stricter.contains { message.contains($0.problem) }, "\(text): \(message)")
        case (nil, let ours?):
            Issue.record("\(text): \(theirs.message ?? "") for libcurl, \(ours.status) for us")
        case (nil, nil):
            #expect(theirs.reason == ours.reason, "\(text): \(theirs.message ?? "") and \(ours.message ?? "")")
        }
    }
}
