// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

@Suite("OwnFaultWatch")
struct OwnFaultWatchTests {
    private func watch(_ says: [Say], lateness: [Duration] = []) -> OwnFaultWatch {
        var watch = OwnFaultWatch(now: moment(0).instant)
        for say in says { watch.finished(say.outcome(endingAt: moment(0)), now: moment(0).instant) }
        for lateness in lateness { watch.started(lateness: lateness, now: moment(0).instant) }
        return watch
    }

    @Test("a tenth of all probes failing through our own fault is a trouble, less is not")
    func ownFaults() {
        var few = watch(Array(repeating: .pass, count: 10) + [.internalFault])
        #expect(few.troubles(now: moment(0).instant) == [])
        var many = watch(Array(repeating: .fail, count: 9) + [.internalFault])
        #expect(
            many.troubles(now: moment(0).instant) == [
                "1 of the last 10 probes failed through the agent's own fault: too many open files"
            ]
        )
        var unknown = watch(Array(repeating: .unknown, count: 20))
        #expect(unknown.troubles(now: moment(0).instant) == [])
    }

    @Test("more than one late start in a hundred is a trouble")
    func lateness() {
        let punctual = Array(repeating: Duration.milliseconds(250), count: 99)
        var one = watch([], lateness: punctual + [.milliseconds(251)])
        #expect(one.troubles(now: moment(0).instant) == [])
        var two = watch([], lateness: punctual + [.milliseconds(251), .seconds(9)])
        #expect(two.troubles(now: moment(0).instant) == ["2 of the last 101 probes started more than 250ms late"])
    }

    @Test("a trouble is shown for one to two minutes after its end")
    func forgetting() {
        var watch = watch(Array(repeating: .internalFault, count: 10))
        #expect(watch.troubles(now: moment(119_000).instant).count == 1)
        #expect(watch.troubles(now: moment(180_000).instant) == [])
    }
}
