// SPDX-License-Identifier: Apache-2.0

import Assessment
import HealthModel
import Testing

@Suite("Assessment across restarts")
struct RestoreTests {
    /// Drives one target, saves it, and lets another assessment begin with what was saved.
    private struct Restart {
        var breaker = BreakerPolicy(openDuration: .seconds(60), backoff: .init(jitter: 0))
        /// The time between saving and restoring by the clock that is trusted; nil when there is none.
        var elapsed: Duration? = .seconds(2)
        /// A change of what was saved.
        var change: (inout SavedTarget) -> Void = { _ in }
        /// A change of the definition.
        var edit: (inout ProbeSpec) -> Void = { _ in }

        func after(_ says: [Say], pause: Int64 = 0, order: BreakerAction? = nil) throws -> AssessmentHarness {
            let first = try spec("checkout", breaker: breaker)
            var before = AssessmentHarness([first])
            for say in says {
                before.run(say)
                before.advance(by: 1_000)
            }
            if let order {
                let order = (order, Order(duration: .seconds(600), reason: "upgrade", by: "alice"))
                before.assessment.act(order.0, order.1, on: TargetID(0), at: moment(before.now))
            }
            before.advance(by: pause)
            var saved = try #require(before.assessment.takeUnsaved(limit: 10, at: moment(before.now)).first)
            change(&saved)
            var second = first
            edit(&second)
            let age = saved.verdictAge.flatMap { age in elapsed.map { age + $0 } }
            let found = RestorableTarget(saved: saved, elapsed: elapsed, verdictAge: age)
            var assessment = Assessment(maximumStaleness: 3, seed: 5, at: moment(0))
            assessment.add(TargetID(0), ProbeDefinition(second), at: moment(0))
            assessment.restore(TargetID(0), from: found, at: moment(0))
            assessment.reassess(at: moment(0))
            return AssessmentHarness(restored: assessment)
        }
    }

    @Test("a healthy target is healthy at once, marked as restored until the first verdict")
    func healthy() throws {
        var harness = try Restart().after([.pass])
        #expect(try harness.status() == .healthy)
        #expect(try harness.health().isRestored)
        #expect(harness.assessment.aggregateStatus == .healthy)
        #expect(
            try harness.health().why
                == "the last verdict passed; restored after a restart, not yet confirmed by a probe"
        )
        #expect(harness.changes() == [], "nothing has changed")
        harness.run(.unknown)
        #expect(try harness.health().isRestored, "it says nothing about the target")
        harness.run(.pass)
        #expect(try !harness.health().isRestored)
        #expect(try harness.health().why == "the last verdict passed")
    }

    @Test("P8: a restored verdict is believed for as long as it would have been without the restart")
    func belief() throws {
        // 3 intervals of 10 s and the timeout of 2 s; 1 s old when it was saved.
        for (elapsed, status) in [(30.9, TargetStatus.healthy), (31.0, .starting), (1_000_000, .starting)] {
            let harness = try Restart(elapsed: .milliseconds(Int64(elapsed * 1_000))).after([.pass])
            #expect(try harness.status() == status, "after \(elapsed) s")
        }
        var harness = try Restart(elapsed: .seconds(11)).after([.pass])
        harness.advance(to: 19_999)
        #expect(try harness.status() == .healthy)
        harness.advance(to: 20_000)
        #expect(try harness.status() == .stale)
        #expect(harness.assessment.aggregateStatus == .unhealthy)
    }

    @Test("a verdict whose age no clock can tell is not believed")
    func untrustedClock() throws {
        let harness = try Restart(elapsed: nil).after([.pass])
        #expect(try harness.status() == .starting)
        #expect(try !harness.health().isRestored)
    }

    @Test("an open breaker goes on with what is left of its wait", arguments: [0, 20, 58] as [Int64])
    func open(elapsed: Int64) throws {
        var harness = try Restart(elapsed: .seconds(elapsed)).after([.fail, .fail, .fail])
        #expect(try harness.status() == .unhealthy)
        #expect(try harness.health().breaker.state == .open)
        #expect(try harness.health().breaker.consecutiveFailures == 3)
        #expect(harness.changes() == [])
        // It opened with the third failure, one second before it was saved.
        let left = (59 - elapsed) * 1_000
        harness.advance(to: left - 1)
        #expect(harness.run(.pass) != .admitted)
        harness.advance(to: left + 1)
        #expect(harness.run(.pass) == .admitted)
        #expect(harness.changes().first?.hasPrefix("checkout: open unhealthy -> half-open unhealthy") == true)
    }

    @Test("a wait is never longer than the configuration says now")
    func clamped() throws {
        var restart = Restart(elapsed: nil)
        restart.change = { $0.breaker.remaining = .seconds(86_400 * 365) }
        restart.edit = {
            $0.breaker.openDuration = .seconds(5); $0.breaker.backoff.maximum = .seconds(5)
        }
        var harness = try restart.after([.fail, .fail, .fail])
        #expect(try harness.status() == .unhealthy)
        harness.advance(to: 5_001)
        #expect(harness.run(.pass) == .admitted)
    }

    @Test("a breaker whose wait is over, with a verdict that is too old, begins closed")
    func longGone() throws {
        var harness = try Restart(elapsed: .seconds(3_600)).after([.fail, .fail, .fail])
        #expect(try harness.status() == .starting)
        #expect(try harness.health().breaker.state == .closed)
        harness.run(.pass)
        #expect(try harness.status() == .healthy)
    }

    @Test("a wait that is over while the verdict is believed half-opens at once")
    func halfOpen() throws {
        var harness = try Restart(breaker: BreakerPolicy(openDuration: .seconds(5), backoff: .init(jitter: 0)))
            .after([.fail, .fail, .fail], pause: 2_000)
        harness.advance(by: 5_000)
        #expect(try harness.health().breaker.state == .halfOpen)
        #expect(try harness.status() == .unhealthy)
        #expect(harness.run(.pass) == .admitted)
        #expect(harness.run(.pass) == .admitted)
        #expect(try harness.status() == .healthy)
    }

    @Test("failures in a row are counted on")
    func counting() throws {
        var harness = try Restart().after([.pass, .fail, .fail])
        #expect(try harness.status() == .healthy)
        harness.run(.fail)
        #expect(try harness.health().breaker.state == .open)
        #expect(try harness.status() == .unhealthy)
    }

    @Test("what an operator holds is held on, until its time, whatever the verdict's age")
    func hold() throws {
        for elapsed in [Duration.seconds(100), .seconds(599)] {
            var harness = try Restart(elapsed: elapsed).after([.pass], order: .open)
            #expect(try harness.status() == .unhealthy)
            let hold = try #require(try harness.health().breaker.hold)
            #expect(hold.kind == .open && hold.reason == "upgrade" && hold.by == "alice")
            #expect(hold.until == moment(0).wall.advanced(by: .seconds(600) - elapsed + .nanoseconds(1)))
            harness.advance(to: 600_000)
            #expect(try harness.health().breaker.hold == nil)
        }
        #expect(try Restart(elapsed: .seconds(600)).after([.pass], order: .open).health().breaker.hold == nil)
        #expect(
            try Restart(elapsed: .seconds(60)).after([.fail], order: .disable).health().breaker.hold?.kind == .disabled
        )
        #expect(try Restart(elapsed: nil).after([.pass], order: .close).health().breaker.hold?.kind == .closed)
    }

    @Test("a target that is probed in another way starts anew, and one with other settings does not")
    func definition() throws {
        let other = Probe.tcp(TCPProbe(address: try HostPort("10.0.0.6:6379")))
        let changed = try Restart(edit: { $0.probe = other }).after([.pass])
        #expect(try changed.status() == .starting)
        let slower = try Restart(edit: { $0.interval = .seconds(20) }).after([.pass])
        #expect(try slower.status() == .healthy)
    }

    @Test("a restored target is saved again, and its number of verdicts goes on")
    func sequence() throws {
        var harness = try Restart(elapsed: .seconds(3_600)).after([.pass, .pass, .pass])
        harness.run(.pass)
        #expect(harness.assessment.takeUnsaved(limit: 10, at: moment(0)).first?.sequence == 4)
    }

    @Test("a verdict that changes nothing is told as an age, and one that does as a whole")
    func marks() throws {
        var harness = AssessmentHarness([try spec("checkout")])
        func taken() -> (saved: Int, heard: Int) {
            let saved = harness.assessment.takeUnsaved(limit: 10, at: moment(harness.now)).count
            var heard = 0
            harness.assessment.takeHeard { _, _, _ in heard += 1 }
            return (saved, heard)
        }
        #expect(taken() == (1, 0), "a new target")
        harness.run(.pass)
        #expect(taken() == (1, 0), "its first verdict")
        harness.run(.pass)
        harness.run(.pass)
        #expect(taken() == (0, 1))
        #expect(taken() == (0, 0))
        harness.run(.unknown)
        #expect(taken() == (0, 0))
        harness.run(.pass)
        harness.run(.fail)
        #expect(taken() == (1, 0))
        harness.run(.fail)
        harness.run(.fail)
        #expect(taken() == (1, 0), "it opened")
        harness.assessment.markAllUnsaved()
        #expect(taken() == (1, 0))
    }
}
