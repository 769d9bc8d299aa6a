// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("LogPace")
struct LogPaceTests {
    @Test("within a second so many lines are admitted and no more, and the next second says how many were not")
    func pace() {
        var pace = LogPace()
        let start = MonotonicInstant(nanoseconds: 5_000_000_000)
        let decisions = (0..<250).map { _ in pace.admit(at: start).isAdmitted }
        #expect(decisions.filter { $0 }.count == LogPace.linesPerSecond)
        #expect(decisions.prefix(LogPace.linesPerSecond).allSatisfy { $0 })
        let next = pace.admit(at: start.advanced(by: .seconds(1)))
        #expect(next.isAdmitted)
        #expect(next.suppressed == 250 - LogPace.linesPerSecond)
        #expect(pace.admit(at: start.advanced(by: .milliseconds(1_500))).suppressed == 0)
    }
}
