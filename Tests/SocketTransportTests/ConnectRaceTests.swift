// SPDX-License-Identifier: Apache-2.0

import HealthModel
import SocketTransport
import Testing

@Suite("ConnectRace")
struct ConnectRaceTests {
    private let start = MonotonicInstant(nanoseconds: 0)

    private func after(_ milliseconds: Int) -> MonotonicInstant { start.advanced(by: .milliseconds(milliseconds)) }

    @Test("the first address is due at once and runs alone for the stagger")
    func stagger() {
        var race = ConnectRace(count: 3, at: start)
        #expect(race.takeDue(at: start) == 0)
        #expect(race.takeDue(at: after(249)) == nil)
        #expect(race.nextDue == after(250))
        #expect(race.takeDue(at: after(250)) == 1)
        #expect(race.takeDue(at: after(250)) == nil)
        #expect(race.nextDue == after(500))
    }

    @Test("a failure makes the next address due at once")
    func failure() {
        var race = ConnectRace(count: 2, at: start)
        #expect(race.takeDue(at: start) == 0)
        race.attemptFailed(at: after(3))
        #expect(race.takeDue(at: after(3)) == 1)
        #expect(!race.isLost)
        race.attemptFailed(at: after(5))
        #expect(race.isLost)
        #expect(race.takeDue(at: after(5)) == nil)
    }

    @Test("at most four attempts run at once, and a failure makes room for one")
    func bound() {
        var race = ConnectRace(count: 6, at: start)
        for index in 0..<4 { #expect(race.takeDue(at: after(250 * index)) == index) }
        #expect(race.nextDue == nil)
        #expect(race.takeDue(at: after(10_000)) == nil)
        race.attemptFailed(at: after(10_000))
        #expect(race.takeDue(at: after(10_000)) == 4)
        #expect(race.nextDue == nil)
    }

    @Test("a race over one address has nothing more due")
    func single() {
        var race = ConnectRace(count: 1, at: start)
        #expect(race.takeDue(at: start) == 0)
        #expect(race.nextDue == nil)
        #expect(!race.isLost)
    }
}
