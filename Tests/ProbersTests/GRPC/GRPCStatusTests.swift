// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@testable import Probers

@Suite("GRPCStatus")
struct GRPCStatusTests {
    private static func answer(_ headers: String, _ trailers: String = "", status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(
            status: status,
            version: "2",
            headers: HTTPHeaders(lines: Array(headers.utf8)),
            trailers: HTTPHeaders(lines: Array(trailers.utf8)),
            body: [],
            bodyLength: 0
        )
    }

    @Test(
        "the status is read from the trailers, or from the fields of an answer without any",
        arguments: [
            ("", "grpc-status: 0\r\n", GRPCStatus.Reading.status(GRPCStatus(code: 0))),
            ("", "Grpc-Status: 5\r\ngrpc-message: no%20such\r\n", .status(GRPCStatus(code: 5, message: "no such"))),
            ("grpc-status: 12\r\n", "", .status(GRPCStatus(code: 12))),
            ("grpc-status: 12\r\n", "grpc-status: 0\r\n", .status(GRPCStatus(code: 0))),
            ("grpc-status: 14\r\ngrpc-message:\r\n", "", .status(GRPCStatus(code: 14))),
            ("", "grpc-status: 99\r\n", .status(GRPCStatus(code: 99))),
            ("", "grpc-message: x\r\n", .missing),
            ("", "grpc-status:\r\n", .malformed("")),
            ("", "grpc-status: -1\r\n", .malformed("-1")),
            ("", "grpc-status: +1\r\n", .malformed("+1")),
            ("", "grpc-status: 12345678901234567890\r\n", .malformed("12345678901234567890")),
        ]
    )
    func reading(headers: String, trailers: String, expected: GRPCStatus.Reading) {
        #expect(GRPCStatus.read(from: Self.answer(headers, trailers)) == expected)
    }

    @Test(
        "percent-encoding is undone, and what is none stays",
        arguments: [
            ("draining 50%25 done", "draining 50% done"), ("gr%C3%B6%c3%9fer", "größer"), ("%", "%"), ("%4", "%4"),
            ("%zz%41", "%zzA"), ("%%41", "%A"), ("100%", "100%"), ("%FF", "\u{FFFD}"), ("", ""),
        ]
    )
    func percentDecoded(encoded: String, decoded: String) {
        #expect(GRPCStatus.percentDecoded(encoded) == decoded)
    }

    @Test("a message of the server is one bounded line")
    func bounded() throws {
        let long = String(repeating: "a%0A", count: 1_000)
        guard
            case .status(let status) = GRPCStatus.read(from: Self.answer("grpc-status: 2\r\ngrpc-message: \(long)\r\n"))
        else { throw Missing() }
        #expect(status.message == String(repeating: "a ", count: 100))
    }

    @Test(
        "an HTTP status stands for the gRPC status of the documentation's table",
        arguments: [
            (400, 13), (401, 16), (403, 7), (404, 12), (429, 14), (502, 14), (503, 14), (504, 14), (500, 2), (200, 2),
            (302, 2),
        ]
    )
    func mapping(http: Int, grpc: Int) {
        #expect(GRPCStatus.standing(for: http).code == grpc)
    }

    @Test(
        "a status is told by name and number",
        arguments: [
            (GRPCStatus(code: 5, message: "no such service"), "NOT_FOUND (5): no such service"),
            (GRPCStatus(code: 0), "OK (0)"), (GRPCStatus(code: 16), "UNAUTHENTICATED (16)"),
            (GRPCStatus(code: 17), "status 17"),
        ]
    )
    func text(status: GRPCStatus, text: String) {
        #expect(status.text == text)
    }

    @Test(
        "only gRPC with Protocol Buffers is taken for an answer",
        arguments: [
            ("application/grpc", true), ("application/grpc+proto", true), ("Application/gRPC; charset=utf-8", true),
            ("application/grpc+json", false), ("application/grpc-web", false), ("application/grpcx", false),
            ("text/html", false), ("", false), (nil, false),
        ]
    )
    func contentType(type: String?, isGRPC: Bool) {
        #expect(GRPCContent.isGRPC(type) == isGRPC)
    }

    @Test(
        "fields say at once when no gRPC follows",
        arguments: [
            ("content-type: application/grpc\r\n", 200, nil),
            ("content-type: application/grpc\r\ngrpc-status: 8\r\n", 503, nil),
            ("content-type: application/grpc\r\n", 503, FailureReason.grpcStatus),
            ("content-type: text/html\r\ngrpc-status: 8\r\n", 502, .grpcStatus),
            ("content-type: text/html\r\n", 404, .grpcUnimplemented),
            ("content-type: text/html\r\n", 200, .protocolError),
            ("", 200, .protocolError),
        ]
    )
    func content(headers: String, status: Int, reason: FailureReason?) {
        #expect(GRPCContent.failure(in: Self.answer(headers, status: status))?.failure.reason == reason)
    }

    private struct Missing: Error {}
}

@Suite("GRPCTimeout")
struct GRPCTimeoutTests {
    @Test(
        "a time is told in at most eight digits, rounded down",
        arguments: [
            (Duration.seconds(2), "2000m"), (.milliseconds(1_999), "1999m"), (.microseconds(1_999_999), "1999m"),
            (.milliseconds(1), "1m"), (.microseconds(999), "999u"), (.nanoseconds(1_500), "1u"),
            (.nanoseconds(7), "7n"),
            (.zero, "0n"), (.seconds(-1), "0n"), (.milliseconds(-1), "0n"), (.milliseconds(99_998_999), "99998999m"),
            (.seconds(99_999), "99999S"), (.seconds(604_800), "604800S"), (.seconds(100_000_000), "1666666M"),
            (.seconds(6_000_000_000), "1666666H"), (.seconds(Int64.max), "99999999H"),
        ]
    )
    func text(time: Duration, text: String) {
        #expect(GRPCTimeout.text(time) == text)
        #expect(text.dropLast().count <= 8)
    }
}

@Suite("ReconnectBackoff")
struct ReconnectBackoffTests {
    @Test(
        "waits grow from one second to two minutes, each moved by at most a fifth",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func growth(seed: UInt64) {
        var backoff = ReconnectBackoff(seed: seed)
        var expected = 1.0
        for _ in 0..<20 {
            let wait = backoff.next() / .seconds(1)
            #expect(abs(wait / expected - 1) <= 0.2 + 1e-9, "seed \(seed)")
            expected = min(expected * 1.6, 120)
        }
        backoff.reset()
        #expect(backoff.next() <= .milliseconds(1_200))
    }

    @Test("agents with different seeds do not come back together")
    func jitter() {
        let waits = (1...50 as ClosedRange<UInt64>).map { seed in
            var backoff = ReconnectBackoff(seed: seed)
            return backoff.next()
        }
        #expect(Set(waits).count == 50)
    }
}
