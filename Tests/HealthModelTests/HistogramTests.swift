// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HealthModel

@Suite("Histogram")
struct HistogramTests {
    @Test("a bound belongs to its own bucket")
    func bounds() {
        for (index, bound) in Histogram.bounds.enumerated() {
            var histogram = Histogram()
            histogram.observe(bound)
            histogram.observe(bound + .nanoseconds(1))
            #expect(histogram.counts[index] == 1)
            #expect(histogram.counts[index + 1] == 1)
            #expect(histogram.count == 2)
        }
    }

    @Test("a negative duration counts as none")
    func negative() {
        var histogram = Histogram()
        histogram.observe(.seconds(-5))
        #expect(histogram.counts.first == 1)
        #expect(histogram.sumNanoseconds == 0)
    }

    @Test("the sum is exact, and held at its end")
    func sum() {
        var histogram = Histogram()
        histogram.observe(.milliseconds(1))
        histogram.observe(.milliseconds(3))
        #expect(histogram.sumNanoseconds == 4_000_000)
        histogram.observe(.seconds(Int64.max))
        #expect(histogram.sumNanoseconds == .max)
        #expect(histogram.count == 3)
    }

    @Test("counts go on past 32 bits, each by itself, and copies go their own ways")
    func large() {
        var histogram = Histogram(inEachPlace: .max)
        let before = histogram
        histogram.observe(.milliseconds(1))
        #expect(histogram.counts == [1 << 32] + Array(repeating: UInt64(UInt32.max), count: 14))
        var copy = histogram
        #expect(copy == histogram && copy.hashValue == histogram.hashValue && copy != before)
        copy.observe(.milliseconds(1))
        copy.observe(.seconds(60))
        #expect(histogram.counts.first == 1 << 32 && copy.counts.first == 1 << 32 + 1 && copy.counts.last == 1 << 32)
        #expect(copy.count == 15 << 32 - 13 + 1)
        #expect(Histogram(inEachPlace: 0) == Histogram() && histogram != Histogram(inEachPlace: 0))
    }
}
