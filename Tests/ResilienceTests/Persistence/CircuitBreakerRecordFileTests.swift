// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("File of circuit breaker records")
struct CircuitBreakerRecordFileTests {
    private let records = [
        CircuitBreakerRecord(
            name: "db",
            state: .open,
            remaining: .milliseconds(20_500),
            openings: 3,
            cause: "connexion refusée",
            savedAt: .milliseconds(1_700_000_000_123)
        ),
        CircuitBreakerRecord(name: "", state: .forcedOpen, operatorReason: "upgrade", operatorName: "alice"),
    ]

    @Test("what was written is read")
    func roundTrip() throws {
        #expect(try CircuitBreakerRecordFile.decode(CircuitBreakerRecordFile.encode(records)) == records)
        #expect(try CircuitBreakerRecordFile.decode(CircuitBreakerRecordFile.encode([])) == [])
    }

    @Test("the layout of version 1 does not change")
    func golden() {
        let bytes = CircuitBreakerRecordFile.encode([
            CircuitBreakerRecord(name: "a", state: .open, remaining: .seconds(1))
        ])
        let hexadecimal = bytes.map { String($0, radix: 16) }.joined(separator: " ")
        #expect(
            hexadecimal
                == "42 57 43 42 1 1 0 0 0 1 0 61 4 0 6f 70 65 6e 1 e8 3 0 0 0 0 0 0 0 0 0 0 0 0 0 0 61 9a 10 35 cd da 4 7f"
        )
    }

    @Test("a file with any bit turned over, cut anywhere, or lengthened is refused")
    func damaged() {
        let bytes = CircuitBreakerRecordFile.encode(records)
        for position in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[position] ^= 1 << bit
                #expect(throws: DamagedRecordFile.self) { try CircuitBreakerRecordFile.decode(damaged) }
            }
            #expect(throws: DamagedRecordFile.self) {
                try CircuitBreakerRecordFile.decode(Array(bytes.prefix(position)))
            }
        }
        #expect(throws: DamagedRecordFile.self) { try CircuitBreakerRecordFile.decode(bytes + [0]) }
    }

    @Test("a text that is too long is cut between characters")
    func longText() throws {
        let record = CircuitBreakerRecord(name: String(repeating: "é", count: 50_000), state: .open)
        let read = try CircuitBreakerRecordFile.decode(CircuitBreakerRecordFile.encode([record]))
        #expect(read[0].name == String(repeating: "é", count: 32_766))
    }

    @Test("another version is named")
    func version() {
        var bytes = CircuitBreakerRecordFile.encode(records)
        bytes[4] = 9
        let error = #expect(throws: DamagedRecordFile.self) { try CircuitBreakerRecordFile.decode(bytes) }
        #expect(error?.description == "damaged circuit breaker records: version 9 is not 1")
    }

    @Test("random bytes with a valid checksum are refused or read, never a crash", arguments: 0..<20)
    func hostile(round: UInt64) throws {
        var random = SeededRandom(seed: 19_000 + round)
        for _ in 0..<500 {
            var body = Array("BWCB".utf8) + [1, UInt8.random(in: 0...3, using: &random), 0, 0, 0]
            for _ in 0..<Int.random(in: 0...60, using: &random) { body.append(.random(in: 0...9, using: &random)) }
            let checksum = body.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
            let bytes = body + (0..<8).map { UInt8(truncatingIfNeeded: checksum >> ($0 * 8)) }
            if let records = try? CircuitBreakerRecordFile.decode(bytes) {
                #expect(records.count <= 3, "seed \(random.seed)")
            }
        }
    }
}
