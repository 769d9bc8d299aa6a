// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("PublicationPacer")
struct PublicationPacerTests {
    @Test(
        "snapshots because of targets are 10 µs apart for each target, and 50 ms at least; one because of the aggregate is due at once",
        arguments: [(0, Duration.milliseconds(50)), (5_000, .milliseconds(50)), (20_000, .milliseconds(200))]
    )
    func targetGap(targets: Int, gap: Duration) {
        let start = MonotonicInstant(nanoseconds: 1_000_000_000)
        var pacer = PublicationPacer()
        pacer.fit(targets: targets)
        pacer.published(now: start, nextAged: nil)
        pacer.note(.target, now: start)
        #expect(pacer.due == start.advanced(by: gap))
        let soon = start.advanced(by: .milliseconds(1))
        pacer.note(.aggregate, now: soon)
        #expect(pacer.isDue(now: soon))
    }
}
