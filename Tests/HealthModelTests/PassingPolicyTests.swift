// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@Suite("PassingPolicy and GroupRule")
struct PassingPolicyTests {
    @Test(
        "so many must pass",
        arguments: [
            (.all, 3, 3), (.any, 3, 1), (.share(0.6), 3, 2), (.share(0.6), 5, 3), (.share(0.07), 100, 7),
            (.share(0.01), 3, 1), (.share(1), 7, 7), (.share(0.5), 5, 3), (.count(2), 3, 2), (.count(2), 1, 1),
            (.all, 0, 0), (.any, 0, 0), (.share(0.5), 0, 0), (.count(2), 0, 0),
        ] as [(PassingPolicy, Int, Int)]
    )
    func needed(policy: PassingPolicy, counted: Int, needed: Int) {
        #expect(policy.needed(of: counted) == needed)
    }

    @Test("every percentage of 100 needs exactly that many", arguments: 1...100)
    func percentages(percent: Int) {
        #expect(PassingPolicy.share(Double(percent) / 100).needed(of: 100) == percent)
    }

    @Test(
        "a group is as well as the worst of the members it needs",
        arguments: [
            (.any, [.healthy, .unhealthy], .healthy),
            (.any, [.degraded, .unhealthy], .degraded),
            (.any, [.starting, .unhealthy], .starting),
            (.any, [.stale, .unhealthy], .stale),
            (.any, [.unhealthy, .unhealthy], .unhealthy),
            (.all, [.healthy, .healthy], .healthy),
            (.all, [.healthy, .degraded], .degraded),
            (.all, [.healthy, .starting], .starting),
            (.all, [.starting, .stale], .stale),
            (.all, [.stale, .unhealthy], .unhealthy),
            (.share(0.6), [.healthy, .degraded, .unhealthy], .degraded),
            (.share(0.6), [.healthy, .healthy, .unhealthy], .healthy),
            (.share(0.6), [.healthy, .starting, .unhealthy], .starting),
            (.share(0.6), [.healthy, .stale, .unhealthy], .stale),
            (.count(2), [.healthy, .unhealthy, .unhealthy], .unhealthy),
            (.count(2), [.degraded], .degraded),
            (.all, [], .healthy),
        ] as [(PassingPolicy, [TargetStatus], TargetStatus)]
    )
    func groupStatus(policy: PassingPolicy, members: [TargetStatus], expected: TargetStatus) {
        var tally = StatusTally()
        for member in members { tally.add(.required, member) }
        #expect(GroupRule.status(of: tally, policy: policy) == expected)
    }

    @Test("a degrading member that is down degrades a healthy group and no other", arguments: TargetStatus.allCases)
    func degradingMember(status: TargetStatus) {
        var tally = StatusTally()
        tally.add(.required, .healthy)
        tally.add(.degrading, status)
        tally.add(.informational, .unhealthy)
        let isDown = status == .unhealthy || status == .stale
        #expect(GroupRule.status(of: tally, policy: .any) == (isDown ? .degraded : .healthy))
        tally.remove(.required, .healthy)
        tally.add(.required, .unhealthy)
        #expect(GroupRule.status(of: tally, policy: .any) == .unhealthy)
    }
}
