// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Synchronization
import Testing

@testable import Agent

/// A target with `mode: watch` on the real loop, runner and pipeline, over the simulated transport.
@Suite("ProbeRunner: a watched gRPC target")
struct WatchedTargetTests {
    private static let gRPC = [HTTPField(name: "content-type", value: "application/grpc")]
    private static func status(_ number: UInt8) -> [UInt8] { [0, 0, 0, 0, 2, 8, number] }

    /// SERVING at once, NOT_SERVING after 3.3 s, SERVING again after 1 s more, and then silence.
    private static let updates = SimulatedStream(
        after: .milliseconds(5),
        headers: gRPC,
        pieces: [
            .init(after: .zero, status(1)), .init(after: .milliseconds(3_300), status(2)),
            .init(after: .seconds(1), status(1)),
        ]
    )

    @Test("an update is an outcome at once, long before the target's next turn")
    func updates() async throws {
        let outcomes = try await Self.outcomes(web: .always(.streams(Self.updates)), interval: .seconds(60), for: 10)
        #expect(outcomes.map(\.verdict) == [.healthy, .unhealthy, .healthy])
        #expect(outcomes.map(\.at) == [5, 3_305, 4_305])
    }

    @Test("a broken stream is a failure at once, and each reconnection a run of its own until the breaker opens")
    func broken() async throws {
        let reset = HTTPExchangeFailure(Failure(.reset, "connection reset within the answer"), at: .l7Response)
        let stream = SimulatedStream(
            after: .milliseconds(5),
            headers: Self.gRPC,
            pieces: [.init(after: .zero, Self.status(1))],
            ending: .breaks(reset),
            endsAfter: .seconds(2)
        )
        let attempts = Attempts()
        let web = SimulatedWeb { _, _, _ in
            attempts.next() == 1 ? .streams(stream) : .refuses(after: .milliseconds(1))
        }
        let outcomes = try await Self.outcomes(web: web, interval: .seconds(60), for: 12)
        #expect(outcomes.prefix(4).map(\.reason) == [nil, .reset, .refused, .refused])
        let at = outcomes.map(\.at)
        #expect(at[1] == 2_005)
        // 1 s and 1.6 s after the failure before, each moved by up to a fifth.
        #expect((2_805...3_206).contains(at[2]))
        #expect((at[2] + 1_280...at[2] + 1_921).contains(at[3]))
        // Three failures have opened the breaker: its half-open round, five seconds later, is the next attempt.
        #expect(outcomes.count >= 5 && at[4] >= at[3] + 4_500)
    }

    /// One outcome as the publishers saw it.
    private struct Seen: Sendable {
        var at: Int
        var verdict: Verdict
        var reason: FailureReason?
    }

    private static func outcomes(web: SimulatedWeb, interval: Duration, for seconds: Int) async throws -> [Seen] {
        let spec = ProbeSpec(
            name: try #require(TargetName("orders")),
            probe: .grpc(GRPCProbe(address: try HostPort("10.0.0.7:50051"), mode: .watch)),
            interval: interval,
            jitter: 0,
            breaker: BreakerPolicy(backoff: .init(jitter: 0))
        )
        let machine = SimulatedMachine(web: web)
        let begin = machine.kernel.now
        let recorder = OutcomeRecorder()
        let plan = ProbePlan(
            specs: [spec],
            settings: AgentSettings(),
            agentName: "simulated",
            spawner: machine.spawner,
            seed: 1
        )
        await OwnThread.run {
            machine.loop.simulate(.seconds(seconds + 5)) { loop in
                let factory = ProberFactory(on: machine)
                let runner = ProbeRunner(plan, factory: factory, reports: recorder, on: loop)
                runner.step(on: loop)
                loop.schedule(at: loop.now.advanced(by: .seconds(seconds))) { runner.stop(on: loop) }
            }
        }
        #expect(machine.leaks == [])
        return recorder.outcomes.map { outcome in
            Seen(
                at: Int((begin.duration(to: outcome.endedAt) / .milliseconds(1)).rounded()),
                verdict: outcome.verdict,
                reason: outcome.failure?.reason
            )
        }
    }
}

/// Counts exchanges.
private final class Attempts: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

/// Keeps each outcome of the one target of a probe loop.
private final class OutcomeRecorder: ProbeLoopReports {
    private let seen = Mutex<[Outcome]>([])

    var outcomes: [Outcome] { seen.withLock { $0 } }

    func publish(_ snapshot: HealthSnapshot) {
        guard let outcome = snapshot.targets.first?.lastOutcome else { return }
        seen.withLock { if $0.last != outcome { $0.append(outcome) } }
    }

    func changed(_ change: HealthChange) {}
    func alive(at now: MonotonicInstant) {}
}
