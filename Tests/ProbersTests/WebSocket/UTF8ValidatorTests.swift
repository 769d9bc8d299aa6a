// SPDX-License-Identifier: Apache-2.0

import Probers
import SimulatedSystem
import Testing

@Suite("UTF8Validator")
struct UTF8ValidatorTests {
    private func accepts(_ bytes: [UInt8]) -> Bool {
        var validator = UTF8Validator()
        return validator.take(bytes[...]) && validator.isComplete
    }

    /// The standard library's decoder is the judge.
    private func isUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

    @Test(
        "every sequence of two bytes is judged as the standard library judges it",
        arguments: 0...255 as ClosedRange<UInt8>
    )
    func pairs(first: UInt8) {
        for second in 0...255 as ClosedRange<UInt8> {
            #expect(accepts([first, second]) == isUTF8([first, second]))
        }
    }

    @Test(
        "long sequences at every edge are judged as the standard library judges them",
        arguments: 0xE0...0xFF as ClosedRange<UInt8>
    )
    func edges(first: UInt8) {
        let edges: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        for second in edges {
            for third in edges {
                #expect(accepts([first, second, third]) == isUTF8([first, second, third]))
                for fourth in edges {
                    #expect(accepts([first, second, third, fourth]) == isUTF8([first, second, third, fourth]))
                }
            }
        }
    }

    @Test(
        "random text, bent here and there, is judged as the standard library judges it",
        arguments: 1...20 as ClosedRange<UInt64>
    )
    func random(seed: UInt64) {
        var random = SimulationRandom(seed: seed)
        for _ in 0..<500 {
            let scalars = (0..<8).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) }
            var bytes = scalars.flatMap { Array(String($0).utf8) }
            if random.chance(0.5), let index = bytes.indices.randomElement(using: &random) {
                bytes[index] = UInt8.random(in: .min ... .max, using: &random)
            }
            #expect(accepts(bytes) == isUTF8(bytes), "seed \(seed): \(bytes)")
            if !isUTF8(bytes) { continue }
            var validator = UTF8Validator()
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let verdicts = [validator.take(bytes[..<cut]), validator.take(bytes[cut...]), validator.isComplete]
            #expect(verdicts == [true, true, true])
        }
    }

    @Test(
        "a byte that nothing can repair is refused at once",
        arguments: [[0xC0], [0xF5], [0xE0, 0x9F], [0xED, 0xA0], [0xF4, 0x90]]
    )
    func atOnce(bytes: [UInt8]) {
        var validator = UTF8Validator()
        let verdicts = [validator.take(bytes.dropLast()), validator.take(bytes.suffix(1))]
        #expect(verdicts == [true, false])
    }
}
