// SPDX-License-Identifier: Apache-2.0

import Agent
import HealthModel
import Testing

@Suite("HealthPipeline")
struct PipelineTests {
    @Test(
        "the first snapshot is published before any probe has ended, and readiness turns green with the first verdicts"
    )
    func start() throws {
        var harness = PipelineHarness([try spec("db"), try spec("api")])
        harness.step()
        let first = try harness.latest
        #expect(first.aggregate.status == .starting)
        #expect(first.targets.map(\.name.text) == ["api", "db"])
        #expect(!first.isStarted)
        harness.run(for: .milliseconds(100))
        #expect(try harness.latest.aggregate.status == .healthy)
        #expect(try harness.latest.isStarted)
    }

    @Test("without probes it says so")
    func noProbes() throws {
        var harness = PipelineHarness([])
        harness.step()
        #expect(try harness.latest.aggregate.status == .unhealthy)
        #expect(try harness.latest.aggregate.why == "no probes are configured")
        #expect(harness.pipeline.nextWake == nil)
    }

    @Test("snapshots are numbered, consistent, and carry the agent's own account")
    func snapshotContents() throws {
        var harness = PipelineHarness([try spec("db"), try spec("api")])
        harness.run(for: .seconds(25))
        let latest = harness.pipeline.snapshot(at: harness.moment)
        #expect(harness.snapshots.map(\.sequence) == Array(1...UInt64(harness.snapshots.count)))
        #expect(latest.agent.name == "edge-1" && latest.agent.version == "1.0")
        #expect(latest.agent.startedAt == PipelineHarness.wallOrigin)
        #expect(latest.agent.lateness.count == harness.pipeline.account.started)
        #expect(latest.targets.allSatisfy { $0.counters[.healthy] >= 2 })
        #expect(latest.targets.allSatisfy { $0.nextDue.map { $0 > latest.takenAt } ?? true })
    }

    @Test(
        "what was published last is fresh until the next snapshot, however short the interval",
        arguments: [100, 150, 200, 250, 333, 500, 1000]
    )
    func freshUntilRenewed(milliseconds: Int) throws {
        let interval = Duration.milliseconds(milliseconds)
        let specs = [
            try spec("db", interval: interval, timeout: interval / 2),
            try spec("cache", impact: .degrading, interval: interval, timeout: interval / 2, jitter: 0.2),
            try spec("slow", interval: .seconds(30)),
        ]
        var harness = PipelineHarness(specs)
        harness.run(for: .seconds(20))
        let fresh = harness.snapshots.drop { $0.aggregate.status == .starting }
        #expect(fresh.count > 15)
        #expect(fresh.count < 20_000 / 50, "renewal costs no more than changes do")
        for (snapshot, next) in zip(fresh, fresh.dropFirst()) {
            let served = snapshot.asServed(at: next.takenAt)
            #expect(served.aggregate.status == .healthy)
            #expect(served.targets.allSatisfy { $0.status == .healthy })
        }
    }

    @Test("K1: the wall clock jumping by an hour changes no start and no status", arguments: [3600, -3600])
    func wallJump(seconds: Int) throws {
        let specs = [try spec("db", jitter: 0.1), try spec("api", interval: .seconds(1), jitter: 0.1)]
        var steady = PipelineHarness(specs)
        var jumping = PipelineHarness(specs)
        steady.run(for: .seconds(60))
        jumping.run(for: .seconds(30))
        jumping.wallOffset = .seconds(seconds)
        jumping.run(for: .seconds(30))
        #expect(steady.starts.map(\.at) == jumping.starts.map(\.at))
        #expect(jumping.changes.map(\.event) == steady.changes.map(\.event))
        #expect(try jumping.latest.aggregate.status == .healthy)
    }

    @Test("K2: after ten minutes of suspend everything is stale, then healthy again with one probe each")
    func suspend() throws {
        var harness = PipelineHarness(try (0..<100).map { try spec("t\($0)", jitter: 0.1) })
        harness.run(for: .seconds(30))
        #expect(try harness.latest.aggregate.status == .healthy)
        let before = harness.starts.count
        harness.stall(for: .seconds(600))
        harness.step()
        let waking = try harness.latest
        #expect(waking.aggregate.status == .unhealthy)
        #expect(waking.targets.allSatisfy { $0.status == .stale })
        harness.run(for: .milliseconds(1_100))
        #expect(harness.starts.count == before + 100)
        #expect(try harness.latest.aggregate.status == .healthy)
    }

    @Test("P8: a publisher that hears nothing any more knows from the snapshot when to stop believing it")
    func freshUntil() throws {
        var harness = PipelineHarness([try spec("db")])
        harness.run(for: .seconds(12))
        let latest = try harness.latest
        #expect(latest.aggregate(at: latest.takenAt).status == .healthy)
        let limit = latest.freshUntil
        #expect(latest.aggregate(at: limit.advanced(by: .nanoseconds(-1))).status == .healthy)
        #expect(latest.aggregate(at: limit).status == .unhealthy)
        harness.stall(for: harness.now.duration(to: limit))
        harness.pipeline.advance(at: harness.moment)
        #expect(harness.pipeline.aggregateStatus == .unhealthy)
    }

    @Test("P3: hanging targets delay no other start")
    func hangingTargets() throws {
        let specs = try (0..<100).map { try spec("t\($0)", interval: .seconds(1), timeout: .seconds(1), jitter: 0.1) }
        let hanging = Set(try (0..<20).map { try #require(TargetName("t\($0 * 5)")) })
        var quiet = PipelineHarness(specs)
        var busy = PipelineHarness(specs) { start, _ in
            hanging.contains(start.spec.name) ? .hang(start.spec.timeout) : .pass
        }
        quiet.run(for: .seconds(10))
        busy.run(for: .seconds(10))
        func others(_ harness: PipelineHarness) -> [MonotonicInstant] {
            harness.starts.filter { start in !hanging.contains { $0.text == start.name } }.map(\.at)
        }
        #expect(others(quiet) == others(busy))
    }

    @Test("a dead target is probed by its breaker's clock: not while open, every second while half-open")
    func probesOfADeadTarget() throws {
        var isBack = false
        var harness = PipelineHarness([try spec("db", interval: .seconds(2))]) { _, _ in isBack ? .pass : .fail }
        harness.run(for: .seconds(30))
        let gaps = zip(harness.starts, harness.starts.dropFirst()).map { $0.at.duration(to: $1.at) }
        // Three failures on the grid, then 5 s, 10 s, 20 s … of waiting, counted from the end of the run.
        #expect(gaps[2] == .milliseconds(5_005))
        #expect(gaps[3] == .milliseconds(10_005))
        isBack = true
        harness.run(for: .seconds(30))
        let recovery = harness.starts.suffix(while: { $0.at > PipelineHarness.origin.advanced(by: .seconds(30)) })
        let first = try #require(recovery.first)
        #expect(recovery.dropFirst().first.map { first.at.duration(to: $0.at) } == .milliseconds(1_005))
        #expect(try harness.latest.aggregate.status == .healthy)
    }

    @Test(
        "a dead required target is unhealthy within its threshold of jittered intervals and one timeout",
        arguments: [0, 0.1, 0.5],
        [1, 3, 5]
    )
    func detectionTime(jitter: Double, threshold: Int) throws {
        let policy = BreakerPolicy(failureThreshold: threshold)
        let interval = Duration.seconds(4)
        let timeout = Duration.seconds(1)
        let bound = interval * (1 + jitter) * threshold + timeout
        for offset in 0..<40 {
            var isDead = false
            let specs = [try spec("db", interval: interval, timeout: timeout, jitter: jitter, breaker: policy)]
            var harness = PipelineHarness(specs, seed: UInt64(offset)) { start, _ in
                isDead ? .hang(start.spec.timeout) : .pass
            }
            harness.run(for: .milliseconds(30_000 + 100 * offset))
            isDead = true
            harness.run(for: bound)
            #expect(harness.pipeline.aggregateStatus == .unhealthy, "seed \(offset)")
        }
    }

    @Test("an observed target goes on at its interval while open, and is tried as soon as it half-opens")
    func observing() throws {
        let policy = BreakerPolicy(
            openDuration: .seconds(15),
            backoff: .init(multiplier: 1, jitter: 0),
            whileOpen: .observe
        )
        var harness = PipelineHarness([try spec("db", interval: .seconds(2), breaker: policy)]) { _, _ in .fail }
        harness.run(for: .seconds(60))
        let gaps = zip(harness.starts, harness.starts.dropFirst()).map { $0.at.duration(to: $1.at) }
        #expect(gaps.allSatisfy { $0 <= .seconds(3) })
        let target = try #require(harness.latest.targets.first)
        #expect(target.breaker.failed < UInt64(harness.starts.count))
        #expect(target.counters[.unhealthy] == UInt64(harness.starts.count))
    }

    @Test("while draining no probe is started, and the snapshot says so at once")
    func draining() throws {
        var harness = PipelineHarness([try spec("db")])
        harness.run(for: .seconds(1))
        harness.pipeline.drain(at: harness.moment)
        harness.step()
        #expect(try harness.latest.aggregate.status == .draining)
        let started = harness.pipeline.account.started
        harness.run(for: .seconds(60))
        #expect(harness.pipeline.account.started == started)
    }

    @Test("a limit leaves the other probes due")
    func limit() throws {
        var harness = PipelineHarness(try (0..<5).map { try spec("t\($0)") })
        harness.stall(for: .milliseconds(100))
        harness.limit = 2
        harness.step()
        #expect(harness.starts.map(\.name) == ["t0", "t1"])
        let wake = harness.pipeline.nextWake
        #expect(try #require(wake) <= harness.now)
        harness.step()
        #expect(harness.starts.map(\.name) == ["t0", "t1", "t2", "t3"])
    }

    @Test("an outcome is taken once")
    func finishedTwice() throws {
        let harness = PipelineHarness([try spec("db")])
        let start = try #require(harness.pipeline.takeDue(at: harness.moment, limit: 1).first)
        let outcome = Answer.pass.outcome(startedAt: harness.now, endedAt: harness.now)
        #expect(harness.finish(start.run, outcome))
        #expect(!harness.finish(start.run, outcome))
        #expect(harness.pipeline.account.finished == 1)
    }

    @Test("mere counters are published once a second, a change of status at once")
    func pacing() throws {
        var isUp = true
        let policy = BreakerPolicy(failureThreshold: 1)
        let specs = try (0..<10).map { number in
            try spec("db-\(number)", interval: .seconds(1), timeout: .milliseconds(50), breaker: policy)
        }
        var harness = PipelineHarness(specs) { _, _ in isUp ? .pass : .fail }
        harness.run(for: .seconds(10))
        let gaps = zip(harness.snapshots.dropFirst(), harness.snapshots.dropFirst(2))
            .map { $0.takenAt.duration(to: $1.takenAt) }
        #expect(gaps.allSatisfy { $0 >= .seconds(1) })
        #expect((9...12).contains(harness.snapshots.count))
        isUp = false
        harness.run(for: .milliseconds(200))
        let change = try #require(harness.changes.last { if case .target = $0.event { true } else { false } })
        #expect(harness.snapshots.contains { $0.takenAt == change.moment.instant && $0.aggregate.status == .unhealthy })
    }

    @Test("many targets failing in the same second make few snapshots")
    func burst() throws {
        var isUp = true
        let policy = BreakerPolicy(failureThreshold: 1)
        let specs = try (0..<300).map {
            try spec("t\($0)", interval: .seconds(1), timeout: .seconds(1), breaker: policy)
        }
        var harness = PipelineHarness(specs) { _, _ in isUp ? .pass : .fail }
        harness.run(for: .seconds(5))
        let before = harness.snapshots.count
        isUp = false
        harness.run(for: .seconds(1))
        #expect(harness.snapshots.count - before <= 22)
        #expect(try harness.latest.targets.filter { $0.status == .unhealthy }.count > 250)
    }

    @Test("our own failures are counted and shown as the agent's trouble, and no target moves")
    func ownTrouble() throws {
        var isBroken = false
        var harness = PipelineHarness([try spec("db", interval: .seconds(1), timeout: .seconds(1))]) { _, _ in
            isBroken ? .internalFault : .pass
        }
        harness.run(for: .seconds(3))
        isBroken = true
        harness.run(for: .milliseconds(2_500))
        harness.run(for: .seconds(10))
        let agent = try harness.latest.agent
        #expect(agent.internalFailures > 0)
        #expect(agent.troubles.count == 1)
        #expect(
            agent.troubles.first?.hasSuffix("probes failed through the agent's own fault: connect internal") == true
        )
        #expect(try harness.latest.targets.first?.breaker.failed == 0)
    }
}

extension Array {
    /// The last elements, from the end back to the first that does not match.
    fileprivate func suffix(while matches: (Element) -> Bool) -> ArraySlice<Element> {
        guard let last = lastIndex(where: { !matches($0) }) else { return self[...] }
        return self[(last + 1)...]
    }
}
