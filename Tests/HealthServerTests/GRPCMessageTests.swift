// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import Testing

@testable import HealthServer

@Suite("Messages of gRPC")
struct GRPCMessageTests {
    private static func read(_ pieces: [[UInt8]], encoding: String? = nil) throws(GRPCFailure) -> [UInt8] {
        var reader = GRPCMessageReader(encoding: encoding)
        for piece in pieces { try reader.take(ByteBuffer(bytes: piece)) }
        return Array(buffer: try reader.message())
    }

    private static func failure(_ work: () throws(GRPCFailure) -> Void) -> GRPCFailure.Code? {
        do throws(GRPCFailure) {
            try work()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("a message may come byte by byte, or be empty")
    func pieces() throws {
        let whole: [UInt8] = [0, 0, 0, 0, 3, 0x0A, 1, 0x61]
        #expect(try Self.read([whole]) == [0x0A, 1, 0x61])
        #expect(try Self.read(whole.map { [$0] }) == [0x0A, 1, 0x61])
        #expect(try Self.read([[0, 0, 0, 0, 0]]) == [])
    }

    @Test(
        "what is no single message is refused with its code",
        arguments: [
            ([], nil, GRPCFailure.Code.internal),
            ([0, 0, 0], nil, .internal),
            ([0, 0, 0, 0, 2, 1], nil, .internal),
            ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], nil, .internal),
            ([1, 0, 0, 0, 0], nil, .internal),
            ([1, 0, 0, 0, 0], "identity", .internal),
            ([1, 0, 0, 0, 0], "gzip", .unimplemented),
            ([2, 0, 0, 0, 0], nil, .internal),
            ([0, 0, 0, 4, 1], nil, .resourceExhausted),
            ([0, 0xFF, 0xFF, 0xFF, 0xFF], nil, .resourceExhausted),
        ] as [([UInt8], String?, GRPCFailure.Code)]
    )
    func refused(bytes: [UInt8], encoding: String?, code: GRPCFailure.Code) {
        let found = Self.failure { () throws(GRPCFailure) in _ = try Self.read([bytes], encoding: encoding) }
        #expect(found == code)
    }

    @Test("the service is found among fields of later versions, and the last one counts")
    func service() throws {
        func service(_ bytes: [UInt8]) throws(GRPCFailure) -> String {
            try HealthMessages.service(in: ByteBuffer(bytes: bytes))
        }
        #expect(try service([]) == "")
        #expect(try service([0x0A, 2, 0x64, 0x62]) == "db")
        #expect(try service([0x10, 0x96, 1, 0x0A, 1, 0x61, 0x0A, 1, 0x62]) == "b")
        #expect(try service([0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4, 0x0A, 1, 0x61]) == "a")
    }

    @Test(
        "bytes that are no request are refused, never followed",
        arguments: [
            [0x0A], [0x0A, 5, 0x61], [0x0A, 1, 0xFF], [0x00, 0], [0x0B], [0x0C], [0x0E],
            [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
            [0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2],
            [0x10, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0], [0x19, 1, 2], [0x25, 1],
        ] as [[UInt8]]
    )
    func malformed(bytes: [UInt8]) {
        let code = Self.failure { () throws(GRPCFailure) in
            _ = try HealthMessages.service(in: ByteBuffer(bytes: bytes))
        }
        #expect(code == .invalidArgument)
    }

    @Test("answers are framed and written as the protocol has them")
    func answers() {
        #expect(Array(buffer: HealthMessages.response(.serving)) == [0, 0, 0, 0, 2, 8, 1])
        #expect(Array(buffer: HealthMessages.response(.serviceUnknown)) == [0, 0, 0, 0, 2, 8, 3])
        let list = HealthMessages.list([("", .serving), ("db", .notServing)])
        #expect(
            Array(buffer: list) == [
                0, 0, 0, 0, 18, 0x0A, 6, 0x0A, 0, 0x12, 2, 8, 1, 0x0A, 8, 0x0A, 2, 0x64, 0x62, 0x12, 2, 8, 2,
            ]
        )
    }

    @Test(
        "a timeout has at most eight digits and one of six units",
        arguments: [
            ("1H", Duration.seconds(3_600)), ("2M", .seconds(120)), ("3S", .seconds(3)),
            ("1900m", .milliseconds(1_900)),
            ("7u", .microseconds(7)), ("99999999n", .nanoseconds(99_999_999)), ("99999999H", .seconds(359_999_996_400)),
        ]
    )
    func timeout(text: String, duration: Duration) throws {
        #expect(try GRPCTimeout.parse(text) == duration)
    }

    @Test("any other timeout is refused", arguments: ["", "S", "1", "1s", "123456789S", "-1S", "+1S", "1.5S", " 1S"])
    func noTimeout(text: String) {
        #expect(throws: GRPCFailure.self) { try GRPCTimeout.parse(text) }
    }

    @Test("a message is escaped where fields cannot carry it")
    func escaped() {
        #expect(GRPCFailure(.internal, "50% für\n\u{7F}").escapedMessage == "50%25 f%C3%BCr%0A%7F")
    }

    @Test("a degraded status serves, every other failing one does not")
    func statuses() {
        #expect(AggregateStatus.allCases.filter { ServingStatus($0) == .serving } == [.healthy, .degraded])
        let serving = TargetStatus.allCases.filter { ServingStatus($0) == .serving }
        #expect(serving == [.healthy, .degraded])
    }
}
