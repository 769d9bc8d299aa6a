// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Chaos", .timeLimit(.minutes(1)))
struct ChaosTests {
    private let clock = ManualClock()

    private func makeChaos(_ limits: ChaosLimits = .init(), seed: UInt64 = 5) -> Chaos {
        Chaos(limits: limits, time: clock.timeSource, seed: seed)
    }

    private func faults(_ chaos: Chaos, calls: Int) async -> [Bool] {
        await (0..<calls).asyncMap { _ in
            do throws(InjectedFailure) {
                try await chaos.inject()
                return false
            } catch {
                return true
            }
        }
    }

    @Test("nothing is injected until a plan is started")
    func off() async {
        let chaos = makeChaos()
        #expect(await faults(chaos, calls: 100).allSatisfy { !$0 })
        #expect(chaos.status.calls == 0)
        #expect(chaos.status.remaining == nil)
    }

    @Test("the rate set at run time is the rate that happens (T1)", arguments: [0.1, 0.5, 0.8, 1.0])
    func rate(rate: Double) async {
        let chaos = makeChaos()
        #expect(chaos.start(.init(failureRate: rate), for: .seconds(60)).failureRate == rate)
        let injected = await faults(chaos, calls: 10_000).count { $0 }
        #expect(abs(Double(injected) / 10_000 - rate) < 0.02)
        #expect(chaos.status.failures == UInt64(injected))
        #expect(chaos.status.calls == 10_000)
    }

    @Test("the same seed injects the same faults")
    func seeded() async {
        let plan = ChaosPlan(failureRate: 0.3)
        let (first, second, third) = (makeChaos(), makeChaos(), makeChaos(seed: 6))
        for chaos in [first, second, third] { chaos.start(plan, for: .seconds(60)) }
        let faults = await faults(first, calls: 200)
        #expect(await self.faults(second, calls: 200) == faults)
        #expect(await self.faults(third, calls: 200) != faults)
    }

    @Test(
        "a plan is clamped to the limits, and the answer says how",
        arguments: [(5.0, 0.5), (0.2, 0.2), (-1, 0), (.nan, 0)]
    )
    func clamped(asked: Double, given: Double) {
        let chaos = makeChaos(.init(maximumFailureRate: 0.5, maximumLatency: .seconds(1)))
        let plan = chaos.start(
            .init(failureRate: asked, latencyRate: asked, latency: .seconds(-1) ... .seconds(60)),
            for: .seconds(60)
        )
        #expect(plan.failureRate == given)
        #expect(plan.latency == .zero ... .seconds(1))
        #expect(chaos.status.plan.failureRate == given)
    }

    @Test("a plan ends by itself, at the latest at the limit")
    func expires() async {
        let chaos = makeChaos(.init(maximumDuration: .seconds(10)))
        chaos.start(.init(failureRate: 1), for: .seconds(60))
        #expect(chaos.status.remaining == .seconds(10))
        clock.advance(by: .milliseconds(9_999))
        #expect(await faults(chaos, calls: 1) == [true])
        clock.advance(by: .milliseconds(1))
        #expect(await faults(chaos, calls: 1) == [false])
        #expect(chaos.status.plan.isEmpty)
    }

    @Test("the kill switch ends it at once")
    func stop() async {
        let chaos = makeChaos()
        chaos.start(.init(failureRate: 1), for: .seconds(60))
        chaos.stop()
        #expect(await faults(chaos, calls: 10).allSatisfy { !$0 })
    }

    @Test("a delay passes by the clock, within its range, and is counted")
    func latency() async throws {
        let chaos = makeChaos()
        chaos.start(.init(latencyRate: 1, latency: .milliseconds(90) ... .milliseconds(110)), for: .seconds(60))
        let task = Task { try await chaos.run { 7 } }
        await clock.waitForSleepers(1)
        let delay = try #require(clock.nextDeadline?.offset)
        #expect((.milliseconds(90) ... .milliseconds(110)).contains(delay))
        clock.advanceToNextDeadline()
        #expect(try await task.value == 7)
        #expect(chaos.status.delays == 1)
    }

    @Test("an injected failure is told from a real one")
    func marked() async {
        let chaos = makeChaos()
        let call = { () async throws(ChaosError<ScriptedFailure>) -> Int in
            try await chaos.run { () async throws(ScriptedFailure) -> Int in throw ScriptedFailure("real") }
        }
        await #expect(throws: ChaosError.operation(ScriptedFailure("real"))) { try await call() }
        chaos.start(.init(failureRate: 1), for: .seconds(60))
        await #expect(throws: ChaosError<ScriptedFailure>.injected(InjectedFailure())) { try await call() }
    }
}
