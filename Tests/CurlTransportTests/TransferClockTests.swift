// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import CurlTransport

@Suite("TransferClock")
struct TransferClockTests {
    private let whole = TransferClock(connected: 100, secured: 300, ready: 350, firstByte: 1_000, total: 1_600)

    @Test("each phase has its own length")
    func wholeAnswer() {
        #expect(
            whole.timings(isSecure: true, isReused: false, upTo: .transfer)
                == PhaseTimings(
                    connect: .microseconds(100),
                    tls: .microseconds(200),
                    firstByte: .microseconds(650),
                    transfer: .microseconds(600)
                )
        )
    }

    @Test("a kept connection has neither a connection nor a handshake phase")
    func reused() {
        let clock = TransferClock(ready: 20, firstByte: 120, total: 150)
        #expect(
            clock.timings(isSecure: true, isReused: true, upTo: .transfer)
                == PhaseTimings(firstByte: .microseconds(100), transfer: .microseconds(30))
        )
    }

    @Test(
        "the phase under way counts up to now, later ones are nil",
        arguments: [
            (TransferClock(total: 900), Phase.connect, PhaseTimings(connect: .microseconds(900))),
            (
                TransferClock(connected: 100, total: 900), .tls,
                PhaseTimings(connect: .microseconds(100), tls: .microseconds(800))
            ),
            (
                TransferClock(connected: 100, secured: 300, ready: 400, total: 900), .firstByte,
                PhaseTimings(connect: .microseconds(100), tls: .microseconds(200), firstByte: .microseconds(500))
            ),
        ]
    )
    func underWay(clock: TransferClock, phase: Phase, timings: PhaseTimings) {
        #expect(clock.phase(isSecure: true, isReused: false, hasAnswerStarted: false) == phase)
        #expect(clock.timings(isSecure: true, isReused: false, upTo: phase) == timings)
    }

    @Test("phases of the transfers of one run add up")
    func sum() {
        var timings = PhaseTimings(dns: .milliseconds(1), connect: .milliseconds(2))
        timings.add(PhaseTimings(connect: .milliseconds(3), firstByte: .milliseconds(4)))
        #expect(timings == PhaseTimings(dns: .milliseconds(1), connect: .milliseconds(5), firstByte: .milliseconds(4)))
    }
}
