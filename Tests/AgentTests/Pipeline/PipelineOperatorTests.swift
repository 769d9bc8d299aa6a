// SPDX-License-Identifier: Apache-2.0

import Agent
import HealthModel
import Testing

@Suite("HealthPipeline and operators")
struct PipelineOperatorTests {
    private func running(_ specs: [ProbeSpec], answer: Answer = .pass) -> PipelineHarness {
        var harness = PipelineHarness(specs) { _, _ in answer }
        harness.run(for: .seconds(15))
        return harness
    }

    private func name(_ text: String) throws -> TargetName { try #require(TargetName(text)) }

    @Test("a breaker that is held open is unhealthy, says so everywhere, and closes by itself")
    func forcedOpen() throws {
        var harness = running([try spec("db")])
        let order = Order(duration: .seconds(60), reason: "upgrade", by: "uid 7")
        let health = try harness.pipeline.act(.open, order, on: try name("db"), at: harness.moment)
        let until = harness.moment.wall.advanced(by: .seconds(60)).advanced(by: .nanoseconds(1))
        #expect(health.status == .unhealthy)
        #expect(health.breaker.hold == BreakerHold(.open, until: until, reason: "upgrade", by: "uid 7"))
        #expect(health.breaker.why == "forced open by uid 7: upgrade; until \(until.rfc3339)")
        harness.run(for: .seconds(59))
        #expect(try harness.latest.aggregate.status == .unhealthy)
        harness.run(for: .seconds(20))
        #expect(try harness.latest.aggregate.status == .healthy)
        #expect(try harness.latest.targets[0].breaker.hold == nil)
        let words = harness.changes.compactMap { change -> String? in
            guard case .target(let target) = change.event, target.oldHold != target.newHold else { return nil }
            return target.reason
        }
        #expect(words == ["by uid 7: upgrade", "the operator's time is over"])
    }

    @Test("a disabled breaker lets each verdict decide, until it is enabled")
    func disabled() throws {
        var verdict = Answer.pass
        var harness = PipelineHarness([try spec("db")]) { _, _ in verdict }
        harness.run(for: .seconds(15))
        _ = try harness.pipeline.act(.disable, Order(by: "uid 7"), on: try name("db"), at: harness.moment)
        verdict = .fail
        harness.run(for: .seconds(11))
        #expect(try harness.latest.targets[0].status == .unhealthy)
        #expect(try harness.latest.targets[0].breaker.state == .closed)
        _ = try harness.pipeline.act(.enable, Order(by: "uid 7"), on: try name("db"), at: harness.moment)
        verdict = .pass
        harness.run(for: .seconds(1))
        #expect(try harness.latest.targets[0].status == .healthy)
        #expect(try harness.latest.targets[0].breaker.hold == nil)
    }

    @Test("a breaker that is held closed does not open, however often the probe fails")
    func forcedClosed() throws {
        let order = Order(duration: .seconds(300), by: "uid 7")
        var failing = PipelineHarness([try spec("db")]) { _, now in
            now < PipelineHarness.origin.advanced(by: .seconds(15)) ? .pass : .fail
        }
        failing.run(for: .seconds(15))
        _ = try failing.pipeline.act(.close, order, on: try name("db"), at: failing.moment)
        failing.run(for: .seconds(200))
        #expect(try failing.latest.targets[0].status == .healthy)
        #expect(try failing.latest.targets[0].breaker.consecutiveFailures > 3)
    }

    @Test("closing an open breaker has the target probed at once, and the verdict decides")
    func close() throws {
        var verdict = Answer.fail
        var harness = PipelineHarness([try spec("db")]) { _, _ in verdict }
        harness.run(for: .seconds(31))
        #expect(try harness.latest.targets[0].breaker.state == .open)
        verdict = .pass
        let health = try harness.pipeline.act(.close, Order(by: "uid 7"), on: try name("db"), at: harness.moment)
        #expect(health.breaker.state == .closed)
        #expect(health.status == .unhealthy)
        harness.run(for: .milliseconds(20))
        #expect(try harness.latest.targets[0].status == .healthy)
    }

    @Test("a probe that is asked for starts at once, and its outcome counts like any other")
    func probeNow() throws {
        let harness = running([try spec("db")])
        let (start, counts) = try harness.pipeline.startNow(try name("db"), at: harness.moment)
        #expect(counts)
        #expect(throws: AdminRefusal.busy("a probe of db is under way", retryAfter: 1)) {
            try harness.pipeline.startNow(try name("db"), at: harness.moment)
        }
        let outcome = Answer.fail.outcome(startedAt: harness.now, endedAt: harness.now)
        #expect(harness.finish(start.run, outcome))
        let target = harness.pipeline.snapshot(at: harness.moment).targets[0]
        #expect(target.breaker.consecutiveFailures == 1)
        #expect(target.nextDue != nil)
    }

    @Test("while the breaker is open a probe that is asked for is shown, and moves nothing")
    func probeWhileOpen() throws {
        let harness = running([try spec("db", interval: .seconds(1), timeout: .seconds(1))], answer: .fail)
        let (start, counts) = try harness.pipeline.startNow(try name("db"), at: harness.moment)
        #expect(!counts)
        let outcome = Answer.pass.outcome(startedAt: harness.now, endedAt: harness.now)
        #expect(harness.finish(start.run, outcome))
        let target = harness.pipeline.snapshot(at: harness.moment).targets[0]
        #expect(target.status == .unhealthy)
        #expect(target.lastOutcome?.verdict == .healthy)
        let history = try harness.pipeline.history(of: try name("db"), since: nil, limit: 1)
        guard case .outcome(_, _, _, let counted) = history.entries.last?.event else {
            return #expect(Bool(false), "no outcome: \(history)")
        }
        #expect(!counted)
    }

    @Test("a target in maintenance is shown and counts for nothing; then it counts again, by itself")
    func maintenance() throws {
        var tagged = try spec("db")
        tagged.tags = ["team": "base"]
        var harness = PipelineHarness([tagged, try spec("api")]) { start, _ in
            start.spec.name.text == "db" ? .fail : .pass
        }
        harness.run(for: .seconds(31))
        #expect(try harness.latest.aggregate.status == .unhealthy)
        let selection = MaintenanceSelection(tags: ["team": "base"])
        let order = Order(duration: .seconds(60), reason: "move", by: "uid 7")
        let (window, targets) = try harness.pipeline.beginMaintenance(selection, order, at: harness.moment)
        #expect(targets.map(\.text) == ["db"])
        harness.run(for: .seconds(1))
        #expect(try harness.latest.aggregate.status == .healthy)
        #expect(try harness.latest.targets.map(\.maintenance?.reason) == [nil, "move"])
        #expect(try harness.latest.targets[1].status == .unhealthy)
        #expect(try harness.latest.maintenance == [window])
        harness.run(for: .seconds(60))
        #expect(try harness.latest.aggregate.status == .unhealthy)
        #expect(try harness.latest.maintenance == [])
    }

    @Test("maintenance survives a reload, covers targets that come with it, and can be ended")
    func maintenanceAndReload() throws {
        var harness = running([try spec("a"), try spec("b")], answer: .fail)
        let selection = MaintenanceSelection(targets: [try name("a"), try name("b")])
        let order = Order(duration: .seconds(600), by: "uid 7")
        let (window, _) = try harness.pipeline.beginMaintenance(selection, order, at: harness.moment)
        harness.pipeline.replace(specs: [try spec("a", port: 1), try spec("b"), try spec("c")], at: harness.moment)
        #expect(
            harness.pipeline.snapshot(at: harness.moment).targets.map { $0.maintenance?.until } == [
                window.until, window.until, nil,
            ]
        )
        #expect(try harness.pipeline.endMaintenance(window.id, at: harness.moment) == window)
        #expect(harness.pipeline.snapshot(at: harness.moment).targets.allSatisfy { $0.maintenance == nil })
        #expect(throws: AdminRefusal.unknownMaintenance(1)) {
            try harness.pipeline.endMaintenance(1, at: harness.moment)
        }
        harness.run(for: .seconds(1))
    }

    @Test("what is not there is refused, and nothing changes")
    func refused() throws {
        let harness = running([try spec("db")])
        let missing = try name("nobody")
        #expect(throws: AdminRefusal.unknownTarget(missing)) {
            try harness.pipeline.act(.open, Order(by: "x"), on: missing, at: harness.moment)
        }
        #expect(throws: AdminRefusal.unknownTarget(missing)) {
            try harness.pipeline.startNow(missing, at: harness.moment)
        }
        let order = Order(duration: .seconds(1), by: "x")
        let group = try #require(GroupName("g"))
        #expect(throws: AdminRefusal.invalid(path: "targets[0]", message: "there is no target nobody")) {
            try harness.pipeline.beginMaintenance(MaintenanceSelection(targets: [missing]), order, at: harness.moment)
        }
        #expect(throws: AdminRefusal.invalid(path: "groups[0]", message: "there is no group g")) {
            try harness.pipeline.beginMaintenance(MaintenanceSelection(groups: [group]), order, at: harness.moment)
        }
        #expect(throws: AdminRefusal.invalid(path: "tags", message: "no target has all of them")) {
            try harness.pipeline.beginMaintenance(MaintenanceSelection(tags: ["a": "b"]), order, at: harness.moment)
        }
        harness.pipeline.drain(at: harness.moment)
        #expect(throws: AdminRefusal.unavailable("the agent is shutting down")) {
            try harness.pipeline.startNow(try name("db"), at: harness.moment)
        }
    }

    @Test("a history has outcomes and changes, oldest first, from a time on, at most so many")
    func history() throws {
        let harness = running([try spec("db", interval: .seconds(1), timeout: .seconds(1))], answer: .fail)
        let all = try harness.pipeline.history(of: try name("db"), since: nil, limit: 1_000)
        #expect(all.dropped == 0)
        #expect(all.entries.map(\.at) == all.entries.map(\.at).sorted())
        #expect(all.entries.contains { $0.event == .breaker(from: .closed, to: .open) })
        #expect(all.entries.contains { $0.event == .status(from: .starting, to: .unhealthy) })
        let newest = try harness.pipeline.history(of: try name("db"), since: nil, limit: 2)
        #expect(newest.entries == Array(all.entries.suffix(2)))
        let since = try #require(all.entries.last).at
        let late = try harness.pipeline.history(of: try name("db"), since: since, limit: 1_000)
        #expect(late.entries.allSatisfy { $0.at >= since } && !late.entries.isEmpty)
    }
}
