// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Probers

@Suite("GRPCMessageReader")
struct GRPCMessageReaderTests {
    @Test("a message is framed by its flag and its length in four bytes")
    func framed() {
        #expect(GRPCMessageReader.framed([]) == [0, 0, 0, 0, 0])
        #expect(GRPCMessageReader.framed([8, 1]) == [0, 0, 0, 0, 2, 8, 1])
        let long = [UInt8](repeating: 7, count: 0x1_0000)
        #expect(GRPCMessageReader.framed(long).prefix(5) == [0, 0, 1, 0, 0])
    }

    @Test("several messages come out whole, wherever the pieces are cut", arguments: 1...19)
    func pieces(length: Int) throws {
        let stream = GRPCMessageReader.framed([8, 1]) + GRPCMessageReader.framed([]) + [1, 0, 0, 0, 2, 9, 9]
        var reader = GRPCMessageReader()
        var found: [GRPCMessageReader.Message] = []
        for start in stride(from: 0, to: stream.count, by: length) {
            reader.append(Array(stream[start..<min(start + length, stream.count)]))
            while let message = try reader.next() { found.append(message) }
        }
        #expect(found.map(\.bytes) == [[8, 1], [], [9, 9]])
        #expect(found.map(\.isCompressed) == [false, false, true])
        #expect(reader.isAtBoundary)
    }

    @Test("a message that is not whole is waited for, and leaves no boundary", arguments: 1...6)
    func partial(count: Int) throws {
        var reader = GRPCMessageReader()
        reader.append(Array(GRPCMessageReader.framed([8, 1]).prefix(count)))
        #expect(try reader.next() == nil)
        #expect(!reader.isAtBoundary)
    }

    @Test("a length past the bound is refused as soon as it is known")
    func tooLong() throws {
        var reader = GRPCMessageReader()
        reader.append([0, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: GRPCMessageReader.Problem.tooLong(.max)) { try reader.next() }
        var atBound = GRPCMessageReader()
        atBound.append([0, 0, 1, 0, 0])
        #expect(try atBound.next() == nil)
        var above = GRPCMessageReader()
        above.append([0, 0, 1, 0, 1])
        #expect(throws: GRPCMessageReader.Problem.tooLong(65_537)) { try above.next() }
    }

    @Test("a first byte that is neither 0 nor 1 is refused at once")
    func flag() {
        var reader = GRPCMessageReader()
        reader.append([UInt8(ascii: "<")])
        #expect(throws: GRPCMessageReader.Problem.flag(60)) { try reader.next() }
    }

    @Test("random bytes give messages within the bound or a problem, never more bytes than came in", arguments: 1...200)
    func random(seed: UInt64) {
        var random = SplitMix(seed)
        var reader = GRPCMessageReader()
        var (taken, given) = (0, 0)
        for _ in 0..<20 {
            let piece = (0..<Int(random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next() % 4) }
            taken += piece.count
            reader.append(piece)
            do {
                while let message = try reader.next() { given += message.bytes.count + GRPCMessageReader.prefixBytes }
            } catch {
                break
            }
        }
        #expect(given <= taken, "seed \(seed)")
    }
}

/// A small seeded generator for tests of pure parts.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
