// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("WatchdogRule")
struct WatchdogRuleTests {
    private let rule = WatchdogRule(interval: .seconds(30))
    private let start = MonotonicInstant(nanoseconds: 0)

    @Test("everything must have moved within half the interval", arguments: [(0, true), (15, true), (16, false)])
    func age(seconds: Int, isAlive: Bool) {
        let now = start.advanced(by: .seconds(seconds))
        #expect(rule.isAlive([start, now], now: now) == isAlive)
        #expect(rule.isAlive([now, start], now: now) == isAlive)
    }

    @Test("four looks fall into the interval")
    func pace() {
        #expect(rule.pace == .milliseconds(7_500))
        #expect(WatchdogRule(interval: .microseconds(1)).pace == .milliseconds(10))
    }

    @Test("a short interval does not ask for more beats than there are")
    func shortInterval() {
        let now = start.advanced(by: .milliseconds(1_500))
        #expect(WatchdogRule(interval: .seconds(1)).isAlive([start], now: now))
    }
}
