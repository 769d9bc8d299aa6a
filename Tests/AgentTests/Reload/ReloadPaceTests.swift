// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@testable import Agent

@Suite("ReloadPace")
struct ReloadPaceTests {
    private static let file = WatchedEntry(directory: 1, name: "a.yaml")

    /// So many milliseconds after some beginning.
    private func at(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: 1_000_000_000_000 + milliseconds * 1_000_000)
    }

    @Test("nothing is due while nothing has changed")
    func idle() {
        var pace = ReloadPace()
        #expect(pace.due == nil)
        let isDue = pace.takeDue(at: at(100_000))
        #expect(!isDue)
    }

    @Test("a change is due half a second after the last one, once")
    func quiet() {
        var pace = ReloadPace()
        pace.note(.changed(Self.file), at: at(0))
        pace.note(.changed(Self.file), at: at(400))
        #expect(pace.due == at(900))
        let isDueEarly = pace.takeDue(at: at(899))
        let isDue = pace.takeDue(at: at(900))
        let isDueAgain = pace.takeDue(at: at(901))
        #expect(!isDueEarly && isDue && !isDueAgain)
    }

    @Test("changes that never end are read every five seconds all the same")
    func storm() {
        var pace = ReloadPace()
        var reads: [Int64] = []
        for time in stride(from: Int64(0), through: 20_000, by: 100) {
            pace.note(.changed(Self.file), at: at(time))
            if pace.takeDue(at: at(time)) { reads.append(time) }
        }
        #expect(reads == [5_000, 10_100, 15_200])
    }

    @Test("a file that is still being written is waited for, but not for ever")
    func writing() {
        var pace = ReloadPace()
        pace.note(.writing(Self.file), at: at(0))
        #expect(pace.due == at(5_000))
        pace.note(.changed(Self.file), at: at(2_000))
        #expect(pace.due == at(2_500))
        pace.note(.writing(Self.file), at: at(2_400))
        #expect(pace.due == at(5_000))
        let isDue = pace.takeDue(at: at(5_000))
        #expect(isDue)
        pace.note(.changed(WatchedEntry(directory: 1, name: "b.yaml")), at: at(6_000))
        #expect(pace.due == at(6_500), "the one that stays open holds nothing up any more")
    }

    @Test("lost events may have closed any file")
    func lost() {
        var pace = ReloadPace()
        pace.note(.writing(Self.file), at: at(0))
        pace.note(.lost, at: at(100))
        #expect(pace.due == at(600))
    }
}
