// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Probers

@Suite("HealthCheckMessage")
struct HealthCheckMessageTests {
    @Test("a request names its service, and the whole server by nothing")
    func request() {
        #expect(HealthCheckMessage.request(service: "") == [])
        #expect(HealthCheckMessage.request(service: "a.B") == [0x0A, 3, 0x61, 0x2E, 0x42])
        let long = String(repeating: "é", count: 150)
        #expect(HealthCheckMessage.request(service: long) == [0x0A, 0xAC, 0x02] + Array(long.utf8))
    }

    @Test(
        "a response tells its status, whatever stands around it",
        arguments: [
            ([], ServingStatus.unknown),
            ([8, 0], .unknown),
            ([8, 1], .serving),
            ([8, 2], .notServing),
            ([8, 3], .serviceUnknown),
            ([8, 7], .other(7)),
            ([8, 2, 8, 1], .serving),
            ([8, 0x81, 0], .serving),
            ([8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], .other(-1)),
            // Unknown fields of every wire type: number, text, four and eight bytes, a group within a group.
            ([0x10, 5, 8, 1], .serving),
            ([0x12, 2, 8, 2, 8, 1], .serving),
            ([8, 1, 0x1D, 1, 2, 3, 4], .serving),
            ([0x21, 1, 2, 3, 4, 5, 6, 7, 8, 8, 1], .serving),
            ([0x1B, 0x23, 8, 2, 0x24, 0x1C, 8, 1], .serving),
            // Field 1 with another wire type is another field.
            ([0x0A, 1, 2, 8, 1], .serving),
            ([8, 1, 0x0D, 2, 0, 0, 0], .serving),
        ]
    )
    func response(bytes: [UInt8], status: ServingStatus) throws {
        #expect(try HealthCheckMessage.status(in: bytes) == status)
    }

    @Test(
        "bytes that are no message are refused",
        arguments: [
            ([8], ProtobufReader.Problem.truncated),
            ([8, 0x80], .truncated),
            ([0x80], .truncated),
            ([0x12, 5, 1], .truncated),
            ([0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], .truncated),
            ([0x1D, 1, 2, 3], .truncated),
            ([0x21, 1], .truncated),
            ([0x1B, 8, 1], .truncated),
            ([8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2], .overlongNumber),
            ([8, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0], .overlongNumber),
            ([0, 1], .fieldNumber),
            ([0x80, 0x80, 0x80, 0x80, 0x10, 1], .fieldNumber),
            ([0x0E, 1], .wireType(6)),
            ([0x0F, 1], .wireType(7)),
            ([0x1C], .group),
            ([0x1B, 0x24], .group),
            (Array(repeating: 0x1B, count: 1_000), .group),
        ]
    )
    func broken(bytes: [UInt8], problem: ProtobufReader.Problem) {
        #expect(throws: problem) { try HealthCheckMessage.status(in: bytes) }
    }

    @Test("random bytes are a message or a problem", arguments: 1...500)
    func random(seed: UInt64) {
        var random = SplitMix(seed)
        let bytes = (0..<Int(random.next() % 30)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let first = try? HealthCheckMessage.status(in: bytes)
        #expect(first == (try? HealthCheckMessage.status(in: bytes)))
        // What is appended as a whole field decides, when the bytes before are a message.
        let second = try? HealthCheckMessage.status(in: bytes + [8, 2])
        #expect(first == nil || second == .notServing, "seed \(seed): \(bytes)")
    }

    @Test("one changed byte of a message never traps", arguments: 0..<23)
    func mutated(index: Int) {
        let message: [UInt8] = [0x12, 3, 97, 98, 99, 0x1D, 1, 2, 3, 4, 8, 1, 0x21, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0x7F]
        for value in UInt8.min...UInt8.max {
            var mutant = message
            mutant[index] = value
            let status = try? HealthCheckMessage.status(in: mutant)
            #expect(value != message[index] || status == .serving)
        }
    }
}
