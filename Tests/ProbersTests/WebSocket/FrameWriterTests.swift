// SPDX-License-Identifier: Apache-2.0

import Probers
import SimulatedSystem
import Testing

@Suite("FrameWriter")
struct FrameWriterTests {
    /// Gives the same number for ever.
    private struct Constant: RandomNumberGenerator {
        var value: UInt64
        mutating func next() -> UInt64 { value }
    }

    @Test("the masked \"Hello\" of RFC 6455 section 5.7 is written byte for byte")
    func hello() {
        // The key 37 fa 21 3d, whichever half of the number is drawn.
        var random = Constant(value: 0x3D21_FA37_3D21_FA37)
        let bytes = FrameWriter.frame(.text, Array("Hello".utf8), using: &random)
        #expect(bytes == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
    }

    @Test(
        "a length takes the fewest bytes",
        arguments: [(0, 6), (125, 131), (126, 134), (65_535, 65_543), (65_536, 65_550)]
    )
    func lengths(count: Int, size: Int) {
        var random = SimulationRandom(seed: 1)
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let bytes = FrameWriter.frame(.binary, payload, using: &random)
        #expect(bytes.count == size)
        #expect(ClientFrame.all(in: bytes) == [ClientFrame(first: 0x82, payload: payload)])
    }

    @Test("each frame has a key of its own")
    func keys() {
        var random = SimulationRandom(seed: 2)
        let keys = (0..<100).map { _ in Array(FrameWriter.frame(.ping, [], using: &random)[2...]) }
        #expect(Set(keys).count == 100)
    }
}
