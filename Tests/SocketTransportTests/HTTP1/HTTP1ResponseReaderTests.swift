// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@testable import SocketTransport

/// What a reader makes of the bytes, handed to it in pieces of `size`, and of the end of the connection after them.
private func read(
    _ bytes: [UInt8],
    piece size: Int,
    _ request: HTTPRequest
) -> (Result<HTTPAnswer, HTTP1Problem>, keeps: Bool) {
    read(stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0...].prefix(size)) }, request)
}

/// What a reader makes of the pieces, one after the other, and of the end of the connection after them.
private func read(_ pieces: [[UInt8]], _ request: HTTPRequest) -> (Result<HTTPAnswer, HTTP1Problem>, keeps: Bool) {
    var reader = HTTP1ResponseReader(request)
    do throws(HTTP1Problem) {
        var isAllTaken = true
        for piece in pieces {
            isAllTaken = try reader.take(piece.span) == piece.count
            if reader.isComplete { break }
        }
        let keeps = reader.keepsConnection && isAllTaken
        if !reader.isComplete { try reader.end() }
        guard let answer = reader.takeAnswer() else { return (.failure(.nothing), false) }
        return (.success(answer), keeps)
    } catch {
        return (.failure(error), false)
    }
}

private func request(
    _ method: String = "GET",
    limit: Int = 64,
    sufficientStatuses: ClosedRange<Int>? = nil
) -> HTTPRequest {
    HTTPRequest(
        url: HTTPURL(isSecure: false, address: HostPort(ipv4: (127, 0, 0, 1), port: 80), path: "/"),
        method: method,
        maximumBodyBytes: limit,
        sufficientStatuses: sufficientStatuses
    )
}

@Suite("HTTP1ResponseReader")
struct HTTP1ResponseReaderTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        var method = "GET"
        let status: Int
        let body: String
        let keeps: Bool
    }

    static let good: [Row] = [
        Row(
            testDescription: "a length",
            text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            status: 200,
            body: "hello",
            keeps: true
        ),
        Row(
            testDescription: "a length said twice the same",
            text: "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\ncontent-length:2\r\n\r\nok",
            status: 200,
            body: "ok",
            keeps: true
        ),
        Row(
            testDescription: "chunks with extensions and trailers",
            text:
                "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n002 \r\nde\r\n0\r\nX-Sum: 1\r\n\r\n",
            status: 200,
            body: "abcde",
            keeps: true
        ),
        Row(
            testDescription: "a body until the end of the connection",
            text: "HTTP/1.1 200 OK\r\n\r\nall of it",
            status: 200,
            body: "all of it",
            keeps: false
        ),
        Row(
            testDescription: "HTTP/1.0, which keeps no connection",
            text: "HTTP/1.0 503 Busy\r\nContent-Length: 0\r\n\r\n",
            status: 503,
            body: "",
            keeps: false
        ),
        Row(
            testDescription: "HTTP/1.0, which keeps one when it says so",
            text: "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n",
            status: 200,
            body: "",
            keeps: true
        ),
        Row(
            testDescription: "Connection: close among other options",
            text: "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 1\r\n\r\n!",
            status: 200,
            body: "!",
            keeps: false
        ),
        Row(
            testDescription: "interim answers before the final one",
            text: "HTTP/1.1 100 Continue\r\nA: b\r\n\r\nHTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 204 Nothing\r\nB: c\r\n\r\n",
            status: 204,
            body: "",
            keeps: true
        ),
        Row(
            testDescription: "an answer to HEAD, whatever length it tells",
            text: "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
            method: "HEAD",
            status: 200,
            body: "",
            keeps: true
        ),
        Row(
            testDescription: "304 with a length",
            text: "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n",
            status: 304,
            body: "",
            keeps: true
        ),
        Row(
            testDescription: "lines that end in LF alone, and one that is folded",
            text: "HTTP/1.1 200 OK\nContent-Length: 2\nA: b\n c\n\nok",
            status: 200,
            body: "ok",
            keeps: true
        ),
        Row(
            testDescription: "bytes behind the answer, which no exchange asked for",
            text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n",
            status: 200,
            body: "ok",
            keeps: false
        ),
        Row(
            testDescription: "a length beside chunks: the chunks count, and nothing else is believed",
            text: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            status: 200,
            body: "ok",
            keeps: false
        ),
        Row(
            testDescription: "a length beside a coding that is none: the body goes on until the end of the connection",
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nok, and more",
            status: 200,
            body: "ok, and more",
            keeps: false
        ),
        Row(
            testDescription: "all that a field may hold",
            text:
                "HTTP/1.1 200 it's: so\tand so\r\nA:\r\nB\t: c\r\n: d\r\nE: f\tg:h \u{7F}\u{80}\u{1}\r\n"
                + "cONTENT-lENGTH:\t2 \r\n"
                + "\u{1}C: d\r\nConnection-Of-Nothing: close\r\nConnectiox: close\r\n\r\nok",
            status: 200,
            body: "ok",
            keeps: true
        ),
        Row(
            testDescription: "fields whose folded lines look like others",
            text:
                "HTTP/1.1 200 OK\r\nA: b\r\n Content-Length: 9\r\n\tConnection: close\r\n"
                + "Content-Length: 2\r\n 3\r\n\r\nok",
            status: 200,
            body: "ok",
            keeps: true
        ),
        Row(
            testDescription: "a code that no RFC knows",
            text: "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
            status: 999,
            body: "",
            keeps: true
        ),
    ]

    @Test("an answer is the same however its bytes are cut", arguments: good)
    func whole(_ row: Row) throws {
        let bytes = Array(row.text.utf8)
        for size in 1...bytes.count {
            let (result, keeps) = read(bytes, piece: size, request(row.method))
            let answer = try result.get()
            #expect(answer.status == row.status)
            #expect(String(decoding: answer.body, as: UTF8.self) == row.body)
            #expect(answer.bodyLength == row.body.utf8.count)
            // What is cut off before the answer's end is seen only when it comes with it.
            if size == bytes.count { #expect(keeps == row.keeps) }
        }
    }

    @Test("an answer in two pieces is the one in a single piece, wherever it is cut", arguments: good)
    func halves(_ row: Row) throws {
        let bytes = Array(row.text.utf8)
        let whole = try read([bytes], request(row.method)).0.get()
        for position in 1..<bytes.count {
            let halves = read([Array(bytes[..<position]), Array(bytes[position...])], request(row.method)).0
            #expect(halves == .success(whole), "cut at \(position)")
        }
    }

    @Test("fields are those of the final answer, trailers those after its body")
    func fields() throws {
        let text =
            "HTTP/1.1 100 A\r\nOld: 1\r\n\r\nHTTP/1.1 200 B\r\nNew:  2 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\nEnd: 3\r\n\r\n"
        let answer = try read(Array(text.utf8), piece: 7, request()).0.get()
        #expect(answer.headers.fields.map(\.name) == ["New", "Transfer-Encoding"])
        #expect(answer.headers.first("new") == "2")
        #expect(answer.trailers.fields == [HTTPField(name: "End", value: "3")])
    }

    static let bad: [(String, HTTP1Problem)] = [
        ("", .nothing),
        ("220 mail ESMTP\r\n", .noStatusLine),
        ("\r\n", .noStatusLine),
        ("HTTX", .noStatusLine),
        (String(repeating: "x", count: 33_000) + "\r\n", .noStatusLine),
        ("HTTP/2.0 200 OK\r\n\r\n", .statusLine),
        ("HTTP/1.1 20 OK\r\n\r\n", .statusLine),
        ("HTTP/1.1 2000 OK\r\n\r\n", .statusLine),
        ("HTTP/1.1 000 OK\r\n\r\n", .statusLine),
        ("HTTP/1.1200 OK\r\n\r\n", .statusLine),
        ("HTTP/1.1 101 Other\r\nUpgrade: x\r\n\r\n", .switchedProtocols),
        ("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", .nul),
        ("HTTP/1.1 200 O\0K\r\n\r\n", .nul),
        ("HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", .carriageReturn),
        ("HTTP/1.1 200 OK\r\n\rX: a\r\n\r\n", .carriageReturn),
        ("HTTP/1.1 200 O\rK\r\n\r\n", .carriageReturn),
        ("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", .noColon),
        ("HTTP/1.1 200 OK\r\n folded\r\n\r\n", .nothingToContinue),
        ("HTTP/1.1 200 OK\r\n A: b\r\n\r\n", .nothingToContinue),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", .blankBeforeColon),
        ("HTTP/1.1 200 OK\r\nContent-Length\t: 2\r\n\r\nok", .blankBeforeColon),
        ("HTTP/1.1 200 OK\r\nContent-Le", .endWithinFields),
        ("HTTP/1.1 2", .endWithinFields),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", .endWithinBody(missing: 2)),
        ("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", .contentLength),
        ("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", .contentLength),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: x\r\n\r\n", .contentLength),
        ("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: x\r\n\r\n", .transferCoding("x")),
        ("HTTP/1.1 200 OK\r\nContent-Length: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .contentLength),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", .contentLength),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", .contentLength),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", .transferCoding("gzip")),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", .transferCoding("chunked")),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .chunk),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", .chunk),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000000000000000\r\n", .chunk),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab", .endWithinBody(missing: nil)),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n", .endWithinBody(missing: nil)),
        ("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 65), .tooLarge(limit: 64)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n" + String(repeating: "x", count: 65), .tooLarge(limit: 64)),
        ("HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 101), .headerFields),
        ("HTTP/1.1 200 OK\r\nA: " + String(repeating: "x", count: 33_000), .headerBytes),
        (String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 1_400), .headerBytes),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + String(repeating: "x", count: 5_000),
            .chunk
        ),
    ]

    @Test("what is wrong is named, however the bytes are cut", arguments: bad)
    func broken(_ text: String, _ problem: HTTP1Problem) {
        let bytes = Array(text.utf8)
        for size in [1, 2, 3, 7, 64, 4_096, 65_536] {
            #expect(read(bytes, piece: size, request()).0 == .failure(problem), "in pieces of \(size)")
        }
    }

    @Test("what is wrong is named wherever the bytes are cut in two", arguments: bad.filter { $0.0.utf8.count < 500 })
    func brokenHalves(_ text: String, _ problem: HTTP1Problem) {
        let bytes = Array(text.utf8)
        for position in bytes.indices {
            let halves = [Array(bytes[..<position]), Array(bytes[position...])]
            #expect(read(halves, request()).0 == .failure(problem), "cut at \(position)")
        }
    }

    @Test("the limits are the same to the byte, whole or cut", arguments: [1, 7, 64, 65_536])
    func limits(size: Int) {
        let start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
        func result(_ fields: String) -> Result<HTTPAnswer, HTTP1Problem> {
            read(Array((start + fields + "\r\n").utf8), piece: size, request()).0
        }
        let longest = HTTPHeaders.maximumBytes - start.utf8.count - "A: \r\n\r\n".utf8.count
        #expect((try? result("A: " + String(repeating: "x", count: longest) + "\r\n").get()) != nil)
        #expect(result("A: " + String(repeating: "x", count: longest + 1) + "\r\n") == .failure(.headerBytes))
        let most = String(repeating: "A: b\r\n", count: HTTPHeaders.maximumFields - 1)
        #expect((try? result(most).get())?.headers.fields.count == HTTPHeaders.maximumFields)
        #expect(result(most + "A: b\r\n") == .failure(.headerFields))
        // What is beyond a limit is that before it is anything else.
        #expect(result(most + "nonsense\r\n") == .failure(.headerFields))
    }

    @Test("a length that is no number is refused in an answer to HEAD, too, which has no body")
    func badLengthOfHead() {
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n".utf8)
        #expect(read(bytes, piece: 64, request("HEAD")).0 == .failure(.contentLength))
    }

    @Test(
        "of a whole answer whose status says all, nothing else is handed out, however it is cut",
        arguments: [
            "HTTP/1.1 204 No Content\r\nA: 1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nB: 2\r\n\r\nabc",
            "HTTP/1.1 299 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nabc",
        ]
    )
    func sufficientStatus(text: String) throws {
        let bytes = Array(text.utf8)
        for piece in 1...bytes.count {
            let (result, keeps) = read(bytes, piece: piece, request(sufficientStatuses: 200...299))
            let full = read(bytes, piece: piece, request())
            let (answer, whole) = (try result.get(), try full.0.get())
            #expect(answer.status == whole.status && answer.bodyLength == whole.bodyLength && keeps == full.keeps)
            #expect(answer.headers.fields.isEmpty && answer.trailers.fields.isEmpty && answer.body.isEmpty)
        }
    }

    @Test("an answer that breaks off shows what came of its body, though its status says all")
    func sufficientStatusWithinBody() throws {
        var reader = HTTP1ResponseReader(request(sufficientStatuses: 200...299))
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nstill loa".utf8.dropLast())
        _ = try reader.take(bytes.span)
        #expect(reader.excerpt == Array("still lo".utf8))
        #expect(reader.takeAnswer()?.body == Array("still lo".utf8))
    }

    @Test("an answer with any other status is handed out with all it says")
    func insufficientStatus() throws {
        let bytes = Array("HTTP/1.1 503 Busy\r\nContent-Length: 3\r\nRetry-After: 5\r\n\r\nno!".utf8)
        for piece in 1...bytes.count {
            let request = request(sufficientStatuses: 200...299)
            let answer = try read(bytes, piece: piece, request).0.get()
            #expect(answer.headers.first("retry-after") == "5")
            #expect(answer.body == Array("no!".utf8))
        }
    }

    @Test("after a reset nothing of the answer before is left")
    func reset() throws {
        var reader = HTTP1ResponseReader(request())
        for body in ["one", "two"] {
            reader.reset()
            let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\(body)".utf8)
            #expect(try reader.take(bytes.span) == bytes.count)
            let taken = reader.takeAnswer()
            let answer = try #require(taken)
            #expect(answer.body == Array(body.utf8))
            #expect(answer.headers.fields.count == 1)
        }
    }

    @Test("any damage gives an answer or a problem, the same however it is cut", arguments: 0..<UInt64(40))
    func damage(seed: UInt64) {
        var random = Noise(state: seed &+ 1)
        let texts = Self.good.map(\.text) + Self.bad.map(\.0).filter { $0.utf8.count < 500 }
        for _ in 0..<200 {
            var bytes = Array(texts[Int(random.next() % UInt64(texts.count))].utf8)
            for _ in 0..<(random.next() % 4) where !bytes.isEmpty {
                let position = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes[position] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: position)
                default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: position)
                }
            }
            let whole = read(bytes, piece: 65_536, request()).0
            let size = Int(random.next() % 9) + 1
            #expect(read(bytes, piece: size, request()).0 == whole, "\(bytes) in pieces of \(size)")
        }
    }
}
