// SPDX-License-Identifier: Apache-2.0

import LinuxRuntime
import Testing

@Suite("Footprint")
struct FootprintTests {
    private final class Thing {
        var content = InlineArray<16, UInt64>(repeating: 7)
    }

    @Test("it holds no object: one that is gone is fetched for nothing")
    func gone() {
        var footprint = Footprint()
        weak var seen: Thing?
        do {
            let thing = Thing()
            seen = thing
            footprint.add(thing)
            footprint.fetch()
            #expect(thing.content[15] == 7)
        }
        #expect(seen == nil)
        #expect(footprint.count == 1)
        footprint.fetch()
    }

    @Test("beyond the most, none is taken in")
    func most() {
        var footprint = Footprint()
        let things = (0..<20).map { _ in Thing() }
        for thing in things { footprint.add(thing) }
        footprint.add([1, 2, 3])
        footprint.add(things[0], first: 16)
        #expect(footprint.count == Footprint.most)
        footprint.fetch()
    }

    @Test("an empty one, an empty array and a large one can be fetched")
    func bytes() {
        var footprint = Footprint()
        footprint.fetch()
        footprint.add([])
        footprint.add([UInt8](repeating: 1, count: 1_000_000))
        footprint.add(Thing(), first: 1)
        footprint.add(Thing(), first: .max)
        #expect(footprint.count == 4)
        footprint.fetch()
    }
}
