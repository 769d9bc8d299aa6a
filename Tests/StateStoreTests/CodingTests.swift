// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import StateStore

@Suite("State coding")
struct CodingTests {
    @Test("numbers of every length come back", arguments: [0, 1, 127, 128, 16_383, 16_384, UInt64(Int64.max), .max])
    func numbers(number: UInt64) {
        var writer = PackedWriter()
        writer.put(number)
        writer.put("größer")
        var reader = PackedReader(sealed: writer.sealed())
        #expect(reader?.number() == number)
        #expect(reader?.text() == "größer")
        #expect(reader?.isAtEnd == true)
        #expect(reader?.number() == nil)
    }

    @Test("a single flipped bit is noticed")
    func flippedBit() {
        var chunk = RollupChunk()
        chunk.rollups[0] = rollup(3)
        chunk.rollups[63] = rollup(70_000, .tlsExpired)
        let bytes = chunk.bytes
        #expect(RollupChunk(bytes) == chunk)
        for place in bytes.indices {
            for bit in 0..<8 {
                var damaged = bytes
                damaged[place] ^= 1 << UInt8(bit)
                #expect(RollupChunk(damaged) == nil, "byte \(place), bit \(bit)")
            }
        }
        for length in 0..<bytes.count { #expect(RollupChunk(Array(bytes.prefix(length))) == nil) }
    }

    @Test(
        "bytes that are sealed and mean nothing are refused",
        arguments: [[1, 64], [1, 0], [2], [1, 0, 1, 16], [1, 0, 1, 8, 255]]
    )
    func nonsense(bytes: [UInt64]) {
        var writer = PackedWriter()
        for byte in bytes { writer.put(byte) }
        #expect(RollupChunk(writer.sealed()) == nil)
    }

    @Test("the extremes of a rollup come back")
    func extremes() {
        var extreme = RunRollup()
        extreme.runs = .max
        (extreme.degraded, extreme.unhealthy, extreme.unknown) = (.max, .max, .max)
        extreme.reasons = FailureReason.allCases.map { .init(reason: $0, count: .max) }
        (extreme.shortestMicroseconds, extreme.longestMicroseconds) = (0, .max)
        extreme.totalMicroseconds = .max
        extreme.buckets = SIMD16(repeating: .max)
        var sum = extreme
        sum.merge(extreme)
        #expect(sum == extreme)
        var chunk = RollupChunk()
        chunk.rollups[5] = extreme
        #expect(RollupChunk(chunk.bytes) == chunk)
    }

    @Test("elapsed time is told by the monotonic clock within a boot, else by a calendar that did not go back")
    func elapsed() {
        #expect(stamp(0).elapsed(at: stamp(5)) == .seconds(5))
        #expect(stamp(0).elapsed(at: stamp(5, wallShift: -86_400)) == .seconds(5))
        #expect(stamp(0).elapsed(at: stamp(5, wallShift: 86_400)) == .seconds(5))
        #expect(stamp(0).elapsed(at: stamp(-5)) == nil, "the same boot, and earlier: another time namespace")
        #expect(stamp(0).elapsed(at: stamp(-900, boot: 2, wallShift: 960)) == .seconds(60))
        #expect(stamp(0).elapsed(at: stamp(5, boot: 2, wallShift: -6)) == nil)
        let end = SaveStamp(wall: WallTime(nanosecondsSinceEpoch: .max), instant: stamp(0).instant, boot: 2)
        let start = SaveStamp(wall: WallTime(nanosecondsSinceEpoch: .min), instant: stamp(0).instant, boot: 1)
        #expect(start.elapsed(at: end) == .nanoseconds(Int64.max))
    }

    @Test(
        "a slot's key is in the order of spans, and gives both parts back",
        arguments: [0, 1, 29_999_999, 1 << 29] as [Int64]
    )
    func slots(span: Int64) {
        for chunk in [0, 1, 1_048_575] as [Int64] {
            let slot = Slot(span: span, chunk: chunk)
            #expect(Slot(key: slot.key) == slot)
            #expect(slot.key < Slot(span: span + 1, chunk: 0).key || span == 1 << 29)
        }
        #expect(Slot(span: -9, chunk: 3).span == 0)
        #expect(Slot(span: .max, chunk: 3).span == 1 << 29)
    }
}
