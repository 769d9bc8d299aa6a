// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import Testing

@testable import HealthServer

@Suite("EventRing")
struct EventRingTests {
    private func ring(_ sequences: some Sequence<UInt64>, capacity: Int = 4) -> EventRing {
        var ring = EventRing(capacity: capacity)
        for sequence in sequences { ring.append(EventMessage(Changes.opened(sequence))) }
        return ring
    }

    @Test("of too many, the oldest are gone")
    func bounded() {
        let ring = ring(1...10)
        #expect(ring.next(after: 0)?.sequence == 7)
        #expect(ring.beforeFirst == 6)
        #expect(ring.next(after: 9)?.sequence == 10)
        #expect(ring.next(after: 10) == nil)
    }

    @Test("numbers that are missing are stepped over")
    func gaps() {
        let ring = ring([3, 7, 8])
        #expect(ring.next(after: 3)?.sequence == 7)
        #expect(ring.next(after: 5)?.sequence == 7)
        #expect(ring.next(after: 7)?.sequence == 8)
    }

    @Test("a number that is not newer is dropped, and an empty ring has nothing")
    func order() {
        #expect(ring([5, 5, 4]).last == 5)
        #expect(ring([]).next(after: 0) == nil)
        #expect(ring([]).beforeFirst == 0)
    }
}
