// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("A snapshot as served")
struct ServedSnapshotTests {
    @Test("nothing changes while it is fresh")
    func fresh() {
        let moment = Fixtures.now.advanced(by: .nanoseconds(29_999_999_999))
        #expect(Fixtures.unhealthy.asServed(at: moment) == Fixtures.unhealthy)
        #expect(Fixtures.healthy.changesNext(after: moment) == Fixtures.now.advanced(by: .seconds(30)))
    }

    @Test("verdicts too old make their targets stale, name them as causes, and date from their limit")
    func stale() {
        let served = Fixtures.healthy.asServed(at: Fixtures.now.advanced(by: .seconds(500)))
        #expect(served.aggregate.status == .unhealthy)
        #expect(served.aggregate.causes == [Fixtures.name("api")])
        #expect(served.aggregate.since == Fixtures.wallNow.advanced(by: .seconds(30)))
        #expect(served.targets[0].status == .stale)
        #expect(served.targets[0].since == Fixtures.wallNow.advanced(by: .seconds(30)))
        #expect(Fixtures.healthy.changesNext(after: Fixtures.now.advanced(by: .seconds(30))) == nil)
    }

    @Test("an unhealthy aggregate keeps its explanation, and an unhealthy target its status")
    func unhealthy() {
        let served = Fixtures.unhealthy.asServed(at: Fixtures.now.advanced(by: .seconds(500)))
        #expect(served.aggregate == Fixtures.unhealthy.aggregate)
        #expect(served.targets.map(\.status) == [.stale, .unhealthy, .stale])
    }

    @Test("the text of a stale answer does not depend on when it is looked at")
    func stableText() {
        let once = Fixtures.healthy.asServed(at: Fixtures.now.advanced(by: .seconds(30)))
        let later = Fixtures.healthy.asServed(at: Fixtures.now.advanced(by: .seconds(3_000)))
        #expect(once == later)
    }
}
