// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import Synchronization
import Testing

@testable import Agent

extension SimulatedMachine {
    /// Probes targets on this machine, from now on and for so long.
    ///
    /// - Parameters:
    ///   - specs: the targets.
    ///   - duration: how long they are probed; their figures are asked for then.
    ///   - begun: called when the first probes have been started, on the loop.
    /// - Returns: what was published last.
    /// - Throws: when nothing was.
    func lastSnapshot(
        of specs: [ProbeSpec],
        after duration: Duration,
        begun: @escaping @Sendable () -> Void = {}
    ) async throws -> HealthSnapshot {
        let published = LastSnapshot()
        let plan = ProbePlan(specs: specs, settings: AgentSettings(), agentName: "simulated", spawner: spawner, seed: 1)
        await OwnThread.run {
            loop.simulate(.seconds(60)) { loop in
                let runner = ProbeRunner(plan, factory: ProberFactory(on: self), reports: published, on: loop)
                runner.step(on: loop)
                let end = loop.now.advanced(by: duration)
                loop.schedule(at: end) { runner.showFigures(on: loop) }
                loop.schedule(at: end.advanced(by: .seconds(1))) { runner.stop(on: loop) }
                // After the runner's own timer, which starts what is due.
                loop.schedule(at: loop.now, begun)
            }
        }
        return try #require(published.snapshot)
    }
}

/// Keeps the last snapshot of a probe loop.
private final class LastSnapshot: ProbeLoopReports {
    private let last = Mutex<HealthSnapshot?>(nil)

    var snapshot: HealthSnapshot? { last.withLock { $0 } }

    func publish(_ snapshot: HealthSnapshot) { last.withLock { $0 = snapshot } }
    func changed(_ change: HealthChange) {}
    func alive(at now: MonotonicInstant) {}
}
