// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Testing

@testable import SocketTransport

/// The same bytes for libcurl and for our own reader: the same verdict, or a stricter one that is written down here.
@Suite("Plain HTTP/1.1 beside libcurl", .timeLimit(.minutes(5)))
struct HTTP1DifferentialTests {
    /// Where we refuse what libcurl takes, and why; `docs/probes/http.md` tells the user.
    static let stricter: [(problem: String, why: String)] = [
        (
            "no single Content-Length",
            "libcurl believes the last of several lengths; where the answer ends is then a guess"
        ),
        ("which was not asked for", "libcurl takes codings off that nobody asked for, and leaves unknown ones on"),
        ("broken status line", "libcurl takes HTTP/1.9 and codes without an end"),
        ("101 without a question", "libcurl waits for another answer on what is no HTTP any more"),
        ("white space before the colon", "libcurl overlooks the field, other clients overlook the white space"),
        ("a carriage return within a header line", "libcurl ends the fields at a line that begins with one"),
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

    @Test(
        "every input of the fuzzer has the same verdict, or a stricter one for a known reason",
        arguments: ["GET", "HEAD"]
    )
    func corpus(method: String) async throws {
        let inputs = FuzzCorpus.inputs(of: "http1")
        #expect(inputs.count >= 50)
        for input in inputs { try await compare(input.bytes, method) }
    }

    @Test("a connection that we keep is one that libcurl keeps, and the next answer on it is the same")
    func keptConnections() async throws {
        var kept = 0
        for input in FuzzCorpus.inputs(of: "http1") {
            var reader = HTTP1ResponseReader(try plainRequest(80))
            guard let taken = try? reader.take(input.bytes.span), taken == input.bytes.count, reader.keepsConnection
            else {
                continue
            }
            kept += 1
            let round = [ByteServer.Step.readRequest, .sendBytes(input.bytes)]
            let server = ByteServer([round + round + [.silence]])
            defer { server.stop() }
            let asked = try plainRequest(server.port)
            let text = String(decoding: input.bytes, as: UTF8.self).debugDescription
            try await withLoop { loop in
                let client = HTTPClient(on: loop)
                for exchange in [prepared(asked, client, on: loop), client.transport.prepare(asked, on: loop)] {
                    let first = await client.run(exchange, on: loop)
                    let second = await client.run(exchange, on: loop)
                    #expect(first.answer != nil && first.answer == second.answer, "\(text)")
                    #expect(second.result.isReused, "\(text)")
                    exchange.close(on: loop)
                }
            }
            #expect(server.accepted == 2, "\(text)")
        }
        #expect(kept >= 10, "only \(kept) inputs are answers that keep the connection")
    }

    private func compare(_ answer: [UInt8], _ method: String = "GET") async throws {
        let server = ByteServer([[.readRequest, .sendBytes(answer)]])
        defer { server.stop() }
        let asked = try plainRequest(server.port) { request in
            request.connection = .fresh
            request.method = method
        }
        let (theirs, ours) = try await withLoop { loop in
            let client = HTTPClient(on: loop)
            let theirs = await client.fetch(asked, on: loop)
            let exchange = prepared(asked, client, on: loop)
            let ours = await client.run(exchange, on: loop)
            exchange.close(on: loop)
            return (theirs, ours)
        }
        let text = String(decoding: answer, as: UTF8.self).debugDescription
        let message = ours.message ?? ""
        let isStricter = Self.stricter.contains { message.contains($0.problem) }
        switch (theirs.answer, ours.answer) {
        case (let theirs?, let ours?):
            #expect(theirs.status == ours.status, "\(text)")
            let isSame = theirs.body == ours.body
            #expect(isSame, "\(text): \(theirs.body.count) and \(ours.body.count) bytes")
            #expect(theirs.version == ours.version, "\(text)")
            #expect(theirs.headers.fields == ours.headers.fields, "\(text)")
            #expect(theirs.trailers.fields == ours.trailers.fields, "\(text)")
        case (_?, nil):
            #expect(isStricter, "\(text): \(message)")
        case (nil, let ours?):
            Issue.record("\(text): \(theirs.message ?? "") for libcurl, \(ours.status) for us")
        case (nil, nil):
            #expect(theirs.reason != .internal && ours.reason != .internal, "\(text): \(theirs.message ?? "")")
            // Of several things that are wrong, who is stricter meets another first.
            #expect(theirs.reason == ours.reason || isStricter, "\(text): \(theirs.message ?? "") and \(message)")
        }
    }
}
