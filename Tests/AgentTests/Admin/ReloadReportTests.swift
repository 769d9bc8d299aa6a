// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("ReloadReport")
struct ReloadReportTests {
    @Test("every target is in exactly one list, or unchanged")
    func lists() throws {
        let old = [try spec("a"), try spec("b"), try spec("c")]
        let new = [try spec("d"), try spec("b", port: 1), try spec("a")]
        let report = ReloadReport(from: old, to: new, needsRestart: false, warnings: [])
        #expect(report.added.map(\.text) == ["d"])
        #expect(report.changed.map(\.text) == ["b"])
        #expect(report.removed.map(\.text) == ["c"])
        #expect(report.unchanged == 1)
    }
}
