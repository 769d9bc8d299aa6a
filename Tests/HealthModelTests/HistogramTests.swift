// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

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
}
