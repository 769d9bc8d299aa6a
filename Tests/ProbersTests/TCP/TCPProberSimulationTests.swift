// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Testing

@Suite("TCPProber among hundreds of targets")
struct TCPProberSimulationTests {
    private static let interval = Duration.seconds(1)
    private static let timeout = Duration.milliseconds(500)
    private static let life = Duration.seconds(10)

    /// Runs `targets`, of which those that `isHung` names never answer; all others behave at random.
    ///
    /// What a peer does depends on the seed, the target and the instant only, so that worlds with different targets can be
    /// compared run by run.
    private func run(
        _ targets: [Int],
        seed: UInt64,
        in simulation: Simulation,
        isHung: (Int) -> Bool = { _ in false }
    ) -> RunLog {
        let log = RunLog()
        for number in targets { script(number, seed: seed, isHung: isHung(number), in: simulation) }
        simulation.perform { [kernel = simulation.kernel, resolver = simulation.resolver] loop in
            for number in targets {
                let host = number.isMultiple(of: 3) ? "t\(number).test" : Self.address(number, 0).host
                guard let address = try? HostPort("\(host):80") else { preconditionFailure("\(host) is no host") }
                let first = kernel.now.advanced(by: .milliseconds(number * 7 % 1_000 + 1))
                let target = ProbedTarget(
                    number,
                    prober: TCPProber(TCPProbe(address: address), resolver: resolver),
                    interval: Self.interval,
                    timeout: Self.timeout,
                    from: first,
                    until: kernel.now.advanced(by: Self.life),
                    log: log
                )
                target.begin(on: loop)
            }
        }
        simulation.run(for: Self.life * 2)
        return log
    }

    private static func address(_ number: Int, _ index: Int) -> SocketAddress {
        SocketAddress(bytes: [10, UInt8(index), UInt8(number / 256), UInt8(number % 256)], port: 80)
    }

    private func script(_ number: Int, seed: UInt64, isHung: Bool, in simulation: Simulation) {
        for index in 0..<3 {
            simulation.kernel.peer(at: Self.address(number, index)) { now, _ in
                var random = Self.random(seed, number, index, now)
                return isHung ? .drops : Self.peer(&random)
            }
        }
        let hosts = (0..<3).map { Self.address(number, $0).host }
        simulation.resolver.name("t\(number).test") { now, _ in
            var random = Self.random(seed, number, 3, now)
            return isHung ? .never : Self.response(hosts, &random)
        }
    }

    private static func random(
        _ seed: UInt64,
        _ number: Int,
        _ index: Int,
        _ now: MonotonicInstant
    ) -> SimulationRandom {
        var mixer = SimulationRandom(seed: seed &+ UInt64(number * 4 + index) &* 0x1_0000_0001)
        return SimulationRandom(seed: mixer.next() ^ UInt64(now.nanoseconds))
    }

    private static func peer(_ random: inout SimulationRandom) -> SimulatedPeer {
        let delay = random.duration(in: .zero...Duration.milliseconds(700))
        return switch Int.random(in: 0..<10, using: &random) {
        case 0: .drops
        case 1: .refuses(after: delay)
        case 2: .resets(after: delay)
        case 3: .unreachable(after: delay)
        case 4: .noRoute
        case 5: SimulatedPeer(.accepts(after: delay), then: [(.zero, .resets)])
        default: .accepts(after: delay / 4)
        }
    }

    private static func response(
        _ hosts: [String],
        _ random: inout SimulationRandom
    ) -> SimulatedResolver.Response {
        let delay = random.duration(in: .zero...Duration.milliseconds(600))
        let count = Int.random(in: 1...hosts.count, using: &random)
        return switch Int.random(in: 0..<8, using: &random) {
        case 0: .never
        case 1: .fails(ResolutionFailure(kind: .notFound, message: "name or service not known"), after: delay)
        case 2: .fails(ResolutionFailure(kind: .ours, message: "too many look-ups wait"), after: delay)
        default: .addresses(Array(hosts.prefix(count)), after: delay / 3)
        }
    }

    @Test(
        "each run reports exactly once, by its deadline, and leaves no descriptor (P5)",
        arguments: 1...4 as ClosedRange<UInt64>
    )
    func oncePerRun(seed: UInt64) {
        let simulation = Simulation(seed: seed)
        simulation.kernel.disturb(.wild)
        let log = run(Array(0..<300), seed: seed, in: simulation)
        #expect(log.startCount == 300 * 10, "seed \(seed)")
        #expect(log.all.count == log.startCount, "seed \(seed)")
        let late = log.all.filter { $0.startedAt.duration(to: $0.endedAt) > Self.timeout }
        #expect(late.isEmpty, "seed \(seed)")
        #expect(log.all.allSatisfy { $0.outcome.endedAt == $0.endedAt && $0.outcome.startedAt == $0.startedAt })
        #expect(log.all.allSatisfy { ($0.outcome.verdict == .healthy) == ($0.outcome.failure == nil) })
        #expect(simulation.kernel.openDescriptors == 0, "seed \(seed)")
        #expect(simulation.perform { loop in loop.budget.held } == 0, "seed \(seed)")
        // Without all kinds of ends the test would say little.
        let reasons = Set(log.all.compactMap(\.outcome.failure?.reason))
        #expect(reasons == [.dns, .refused, .unreachable, .connectTimeout, .reset, .internal], "seed \(seed)")
    }

    @Test(
        "hung targets change nothing for the others: same starts, same ends, same outcomes (P3)",
        arguments: 1...3 as ClosedRange<UInt64>
    )
    func hungTargets(seed: UInt64) {
        let isHung = { (number: Int) in number.isMultiple(of: 5) }
        let all = run(Array(0..<300), seed: seed, in: Simulation(seed: seed), isHung: isHung)
        let healthy = run((0..<300).filter { !isHung($0) }, seed: seed, in: Simulation(seed: seed))
        let others = all.all.filter { !isHung($0.target) }
        let order = { (left: RunLog.Run, right: RunLog.Run) in (left.target, left.due) < (right.target, right.due) }
        #expect(others.sorted(by: order) == healthy.all.sorted(by: order), "seed \(seed)")
        #expect(others.allSatisfy { $0.startedAt == $0.due }, "seed \(seed)")
        let hung = all.all.filter { isHung($0.target) }
        #expect(hung.count == 60 * 10 && hung.allSatisfy { $0.outcome.verdict == .unhealthy }, "seed \(seed)")
    }

    @Test("the same seed gives the same runs")
    func replay() {
        let first = run(Array(0..<100), seed: 3, in: Simulation(seed: 3))
        let second = run(Array(0..<100), seed: 3, in: Simulation(seed: 3))
        #expect(first.all == second.all)
    }

    @Test(
        "running out of descriptors is nobody's fault but ours (P7)",
        arguments: 1...3 as ClosedRange<UInt64>
    )
    func descriptorsExhausted(seed: UInt64) {
        for simulation in [Simulation(seed: seed, descriptorLimit: 20), Simulation(seed: seed, descriptorBudget: 20)] {
            let log = RunLog()
            simulation.kernel.otherPeers(.accepts(after: .milliseconds(200)))
            simulation.perform { [kernel = simulation.kernel, resolver = simulation.resolver] loop in
                for number in 0..<200 {
                    guard let address = try? HostPort("\(Self.address(number, 0).host):80") else { return }
                    let target = ProbedTarget(
                        number,
                        prober: TCPProber(TCPProbe(address: address), resolver: resolver),
                        interval: Self.interval,
                        timeout: Self.timeout,
                        from: kernel.now.advanced(by: .milliseconds(number * 5 + 1)),
                        until: kernel.now.advanced(by: Self.life),
                        log: log
                    )
                    target.begin(on: loop)
                }
            }
            simulation.run(for: Self.life * 2)
            let verdicts = Set(log.all.map(\.outcome.verdict))
            #expect(verdicts == [.healthy, .unknown], "seed \(seed)")
            #expect(log.all.allSatisfy { $0.outcome.verdict == .healthy || $0.outcome.failure?.reason == .internal })
            #expect(simulation.kernel.mostOpenDescriptors == 20)
            #expect(simulation.kernel.openDescriptors == 0)
        }
    }

    @Test(
        "a loop that stalls for up to three timeouts blames no target that answers quickly (P7)",
        arguments: 1...5 as ClosedRange<UInt64>
    )
    func stallingLoop(seed: UInt64) {
        let simulation = Simulation(seed: seed)
        let longest = Self.timeout * 3
        simulation.kernel.disturb(Disturbance(earlyReturn: 0.1, staleEvent: 0.1, stall: 0.02, longestStall: longest))
        simulation.kernel.otherPeers(.accepts(after: .milliseconds(20)))
        let log = RunLog()
        simulation.perform { [kernel = simulation.kernel, resolver = simulation.resolver] loop in
            loop.schedule(Staller(kernel, seed: seed, longest: longest), at: kernel.now)
            for number in 0..<200 {
                guard let address = try? HostPort("\(Self.address(number, 0).host):80") else { return }
                let target = ProbedTarget(
                    number,
                    prober: TCPProber(TCPProbe(address: address), resolver: resolver),
                    interval: .seconds(5),
                    timeout: Self.timeout,
                    from: kernel.now.advanced(by: .milliseconds(number * 25 + 1)),
                    until: kernel.now.advanced(by: .seconds(100)),
                    log: log
                )
                target.begin(on: loop)
            }
        }
        simulation.run(for: .seconds(400))
        #expect(log.all.count == log.startCount && log.startCount == 200 * 20, "seed \(seed)")
        let verdicts = Dictionary(grouping: log.all, by: \.outcome.verdict).mapValues(\.count)
        #expect(verdicts[.unhealthy] == nil && verdicts[.degraded] == nil, "seed \(seed)")
        #expect(verdicts[.healthy, default: 0] > log.startCount / 2, "seed \(seed)")
        #expect(verdicts[.unknown, default: 0] > 0, "seed \(seed): the stalls were too short to matter")
        #expect(simulation.kernel.openDescriptors == 0, "seed \(seed)")
    }
}

/// Takes the loop's time away in the middle of a turn, again and again.
private final class Staller: TimerHandler {
    private let kernel: SimulatedKernel
    private let longest: Duration
    private var random: SimulationRandom

    init(_ kernel: SimulatedKernel, seed: UInt64, longest: Duration) {
        self.kernel = kernel
        self.longest = longest
        random = SimulationRandom(seed: seed)
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        kernel.stall(for: random.duration(in: .zero...longest))
        loop.schedule(self, at: loop.now.advanced(by: random.duration(in: .zero...Duration.seconds(4))))
    }
}
