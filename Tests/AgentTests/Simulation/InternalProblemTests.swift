// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Synchronization
import Testing

@testable import Agent

/// P7 for each thing that the agent or its machine may lack: from the second to the third minute it is missing.
@Suite("ProbeRunner: what the agent itself lacks")
struct InternalProblemTests {
    enum Lack: CaseIterable, Sendable {
        case budget, descriptors, processes, nameService, route, time

        var problem: InternalProblem {
            switch self {
            case .budget, .descriptors: .descriptors
            case .processes: .processes
            case .nameService: .nameService
            case .route: .route
            case .time: .lateness
            }
        }

        /// What is said of it, at least.
        var words: String {
            switch self {
            case .budget: "all 1024 descriptors for probes are in use"
            case .descriptors: "too many open files"
            case .processes: "cannot start a process: "
            case .nameService: "cannot resolve db.internal: "
            case .route: "this machine has no IPv4 route to anywhere"
            case .time: " late"
            }
        }
    }

    @Test(
        "P7: no target moves, and the agent names what it lacks, once, until it has it again",
        arguments: Lack.allCases
    )
    func lack(_ lack: Lack) async throws {
        let seen = try await Self.minutes(without: lack)
        #expect(seen.statuses == [.starting, .healthy])
        #expect(seen.failures == 0)
        let began = try #require(seen.problems.first { !$0.isEmpty })
        #expect(began.map(\.problem) == [lack.problem])
        #expect(began.allSatisfy { $0.message.contains(lack.words) }, "\(began)")
        // Nothing, then the problem, then nothing again.
        let changes = seen.problems.map { $0.map(\.problem) }
        #expect(changes == [[], [lack.problem], []])
    }

    /// What was published.
    private final class Record: ProbeLoopReports {
        struct Seen: Sendable {
            var statuses: Set<TargetStatus> = []
            var failures: UInt64 = 0
            /// The problems, whenever others began or ended.
            var problems: [[AgentProblem]] = []
        }

        private let state = Mutex(Seen())

        var seen: Seen { state.withLock { $0 } }

        func publish(_ snapshot: HealthSnapshot) {
            state.withLock { seen in
                seen.statuses.formUnion(snapshot.targets.map(\.status))
                seen.failures = max(seen.failures, snapshot.targets.map(\.breaker.failed).max() ?? 0)
                let problems = snapshot.agent.problems
                if problems.map(\.problem) != seen.problems.last?.map(\.problem) { seen.problems.append(problems) }
            }
        }

        func changed(_ change: HealthChange) {}
        func alive(at now: MonotonicInstant) {}
    }

    private static func specs() throws -> [ProbeSpec] {
        let probes: [(String, Probe)] = [
            ("address", .tcp(TCPProbe(address: try HostPort("192.0.2.1:80")))),
            ("name", .tcp(TCPProbe(address: try HostPort("db.internal:80")))),
            ("script", .script(ScriptProbe(command: ["/bin/check"]))),
            ("web", .http(HTTPProbe(url: try HTTPURL("http://192.0.2.1/")))),
        ]
        return try probes.map { name, probe in
            ProbeSpec(name: try #require(TargetName(name)), probe: probe, interval: .seconds(5), jitter: 0)
        }
    }

    private static func minutes(without lack: Lack) async throws -> Record.Seen {
        let lacking = Mutex(false)
        let taken = Mutex(0)
        let isWaiting = Mutex(false)
        let isLacking: @Sendable (Lack) -> Bool = { one in one == lack && lacking.withLock { $0 } }
        let machine = SimulatedMachine(
            network: SimulatedNetwork { _, _, _ in
                if isLacking(.descriptors) { return .fails(EMFILE) }
                return isLacking(.route) ? .unreachable : .accepts(after: .milliseconds(1))
            },
            zone: SimulatedZone { _, _, _ in
                isLacking(.nameService) ? .fails(.ours, after: .zero) : .addresses(["192.0.2.7"], after: .zero)
            },
            web: SimulatedWeb { _, _, _ in
                guard isLacking(.time) else { return .answers(200, after: .milliseconds(5)) }
                isWaiting.withLock { $0 = true }
                return .hangs
            },
            programs: SimulatedPrograms { _, _, _ in
                isLacking(.processes)
                    ? .fails(SpawnFailure(.ours, SystemError(code: EAGAIN))) : .exits(0, after: .milliseconds(5))
            }
        )
        let record = Record()
        let specs = try specs()
        var settings = AgentSettings()
        settings.maximumStaleness = 100
        let plan = ProbePlan(specs: specs, settings: settings, agentName: "a", spawner: machine.spawner, seed: 1)
        await OwnThread.run {
            machine.loop.simulate(.seconds(600)) { loop in
                let factory = ProberFactory(on: machine, files: SimulatedFiles(programs: ["/bin/check"]))
                let runner = ProbeRunner(plan, factory: factory, reports: record, on: loop)
                runner.step(on: loop)
                loop.schedule(at: loop.now.advanced(by: .milliseconds(62_500))) {
                    lacking.withLock { $0 = true }
                    if lack == .budget {
                        let free = loop.budget.limit - loop.budget.held
                        taken.withLock { $0 = loop.budget.take(free) ? free : 0 }
                    }
                    if lack == .route { machine.kernel.cutOff(true) }
                }
                // Stalls as soon as a probe has begun to wait for an answer.
                for step in 0..<100 {
                    loop.schedule(at: loop.now.advanced(by: .milliseconds(62_500 + 100 * step))) {
                        guard isWaiting.withLock({ $0 }), lacking.withLock({ $0 }) else { return }
                        lacking.withLock { $0 = false }
                        machine.kernel.advance(by: .seconds(4))
                    }
                }
                loop.schedule(at: loop.now.advanced(by: .milliseconds(122_500))) {
                    lacking.withLock { $0 = false }
                    if lack == .budget { loop.budget.give(back: taken.withLock { $0 }) }
                    if lack == .route { machine.kernel.cutOff(false) }
                }
                loop.schedule(at: loop.now.advanced(by: .seconds(599))) { runner.stop(on: loop) }
            }
        }
        #expect(machine.leaks == [])
        return record.seen
    }
}
