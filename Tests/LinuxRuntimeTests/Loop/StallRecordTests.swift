// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@Suite("StallRecord")
struct StallRecordTests {
    private func instant(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    @Test("what counts of a stall is the part after the start, and nothing of what is short")
    func parts() {
        var record = StallRecord()
        #expect(record.total(since: instant(0)) == .zero)
        record.note(.milliseconds(200), until: instant(1_000))
        record.note(.milliseconds(49), until: instant(1_500))
        record.note(.milliseconds(100), until: instant(2_000))
        #expect(record.total(since: instant(0)) == .milliseconds(300))
        #expect(record.total(since: instant(900)) == .milliseconds(200))
        #expect(record.total(since: instant(1_950)) == .milliseconds(50))
        #expect(record.total(since: instant(2_000)) == .zero)
    }

    @Test("of many stalls the last are known")
    func many() {
        var record = StallRecord()
        for index in 1...Int64(100) { record.note(.milliseconds(50), until: instant(index * 100)) }
        #expect(record.total(since: instant(0)) == .milliseconds(50) * StallRecord.most)
    }
}
