// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Testing

@testable import Agent

@Suite("ProbeRunner: a loop that stalls")
struct StalledLoopTests {
    @Test("P7: a timeout that a stalled loop may have caused itself does not count against the target")
    func stalled() async throws {
        let target = try await Self.target(stalledFor: .seconds(3))
        #expect(target.status == .starting)
        let outcome = try #require(target.lastOutcome)
        #expect(outcome.verdict == .unknown)
        #expect(outcome.failure?.reason == .internal)
        #expect(outcome.failure?.message == "the probe loop was late by 2s, so the timeout proves nothing")
    }

    @Test("a timeout on a loop that was late for no longer than it tolerates is the target's")
    func tolerated() async throws {
        let target = try await Self.target(stalledFor: .milliseconds(1_250))
        let outcome = try #require(target.lastOutcome)
        #expect(outcome.verdict == .unhealthy)
        #expect(outcome.failure?.reason == .timeout)
    }

    @Test("P7: an answer is neither called slow, nor slow to its breaker, for the time that the loop stood still")
    func slow() async throws {
        let policy = BreakerPolicy(slowCall: BreakerPolicy.SlowCall(over: .milliseconds(500), rate: 0.1))
        let stalled = try await Self.target(
            answering: .answers(200, after: .milliseconds(20)),
            slow: .milliseconds(500),
            stalledFor: .seconds(1),
            breaker: policy
        )
        #expect(stalled.status == .healthy)
        #expect(try #require(stalled.lastOutcome).duration < .milliseconds(100))
        let slow = try await Self.target(
            answering: .answers(200, after: .milliseconds(700)),
            slow: .milliseconds(500),
            stalledFor: .zero,
            breaker: policy
        )
        #expect(slow.status == .degraded)
        #expect(try #require(slow.lastOutcome).duration >= .milliseconds(700))
    }

    /// A target with timeout 1 s, after a handler of the same loop has held it up from the moment the probe started.
    private static func target(
        answering reply: SimulatedReply = .hangs,
        slow: Duration? = nil,
        stalledFor stall: Duration,
        breaker: BreakerPolicy = BreakerPolicy()
    ) async throws -> TargetHealth {
        let spec = ProbeSpec(
            name: try #require(TargetName("api")),
            probe: .http(HTTPProbe(url: try HTTPURL("http://192.0.2.1/"), slow: slow)),
            timeout: .seconds(1),
            jitter: 0,
            breaker: breaker
        )
        let machine = SimulatedMachine(web: .always(reply))
        let snapshot = try await machine.lastSnapshot(of: [spec], after: .seconds(4)) {
            machine.kernel.advance(by: stall)
        }
        return try #require(snapshot.targets.first)
    }
}
