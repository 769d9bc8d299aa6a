// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@testable import SocketTransport

@Suite("Answer over HTTP/2")
struct HTTP2AnswerTests {
    private var answer = HTTP2Answer(maximumPieceBytes: 10)

    private mutating func head(_ status: String, _ fields: (String, String)...) {
        answer.field(":status".utf8, status.utf8)
        for (name, value) in fields { answer.field(name.utf8, value.utf8) }
        answer.fieldsEnd()
    }

    private mutating func fields(_ fields: (String, String)...) {
        for (name, value) in fields { answer.field(name.utf8, value.utf8) }
        answer.fieldsEnd()
    }

    @Test("head, body and trailers are kept apart, and the body is handed out once")
    mutating func whole() throws {
        #expect(!answer.hasStarted && answer.answer == nil)
        head("200", ("content-type", "application/grpc"), ("x-colon", "a: b"))
        answer.body([1, 2])
        answer.body([3])
        #expect(answer.takePiece() == [1, 2, 3])
        #expect(answer.takePiece() == [])
        fields(("grpc-status", "0"))
        answer.answerEnds()
        answer.streamEnds(HTTP2Error(code: 0))
        #expect(answer.end == .whole)
        let told = try #require(answer.answer)
        #expect(told.status == 200 && told.version == "2" && told.bodyLength == 3)
        #expect(told.headers.first("content-type") == "application/grpc")
        #expect(told.headers.first("x-colon") == "a: b")
        #expect(told.trailers.fields == [HTTPField(name: "grpc-status", value: "0")])
    }

    @Test("an interim head is not the answer's")
    mutating func interim() {
        head("103", ("link", "</x>"))
        #expect(answer.answer == nil && answer.hasStarted)
        head("200", ("x", "y"))
        #expect(answer.answer?.headers.fields == [HTTPField(name: "x", value: "y")])
    }

    @Test("a stream that ends before the server said so is reset, whatever the code")
    mutating func cut() {
        head("200")
        answer.body([1])
        answer.isReset = true
        answer.streamEnds(HTTP2Error(code: 0))
        #expect(answer.end == .reset(HTTP2Error(code: 0)))
    }

    @Test("a stream that the server did not reset broke a rule, or was refused with its connection")
    mutating func broken() {
        head("200")
        answer.streamEnds(HTTP2Error(code: 1))
        #expect(answer.end == .broken(HTTP2Error(code: 1)))
        answer = HTTP2Answer(maximumPieceBytes: 1)
        answer.streamEnds(.refusedStream)
        #expect(answer.end == .reset(.refusedStream))
    }

    @Test("a server that has said all may reset the stream")
    mutating func resetAfterAll() {
        head("200")
        answer.answerEnds()
        answer.streamEnds(HTTP2Error(code: 8))
        #expect(answer.end == .whole)
    }

    @Test("more of the body at once than allowed is refused, and what was taken does not count")
    mutating func pieces() {
        head("200")
        for _ in 0..<5 {
            answer.body(Array(repeating: 0, count: 10))
            _ = answer.takePiece()
        }
        #expect(answer.refusal == nil && answer.bodyLength == 50)
        answer.body(Array(repeating: 0, count: 11))
        #expect(answer.refusal == .body(limit: 10))
        #expect(answer.takePiece() == [])
    }

    @Test("more than 100 fields, or 32 KiB of them, are refused, trailers and interim heads included")
    mutating func fieldBounds() {
        head("103", ("a", "b"))
        head("200", ("a", "b"))
        for _ in 0..<98 { answer.field("a".utf8, "b".utf8) }
        #expect(answer.refusal == nil)
        answer.field("a".utf8, "b".utf8)
        #expect(answer.refusal == .headerFields)
        answer = HTTP2Answer(maximumPieceBytes: 1)
        let value = String(repeating: "v", count: HTTPHeaders.maximumBytes - 5)
        head("200", ("a", value))
        #expect(answer.refusal == nil)
        fields(("", ""))
        #expect(answer.refusal == .headerBytes)
    }
}
