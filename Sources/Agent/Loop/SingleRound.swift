// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers

/// Every target once, all at the same time, on a loop of its own that ends afterwards.
enum SingleRound {
    /// Probes all of them, and ends when the longest timeout has passed at the latest.
    ///
    /// - Parameters:
    ///   - specs: what is probed.
    ///   - rules: which addresses may not be connected to.
    /// - Returns: the outcomes, in the order of `specs`.
    /// - Throws: why nothing could be probed.
    static func outcomes(of specs: [ProbeSpec], under rules: AddressRules) throws(SystemError) -> [Outcome] {
        let spawner = try SystemProcessSpawner()
        let descriptors = DescriptorShares.withoutServer(limit: try DescriptorLimit.raise())
        let loop = EventLoop(kernel: try SystemKernel(), descriptorLimit: descriptors)
        let thread = try LoopThread(running: loop, name: "probes")
        let result = MainThread.wait { () async -> Result<[Outcome], SystemError> in
            do throws(SystemError) {
                return .success(try await loop.probeOnce(specs, under: rules, spawner: spawner))
            } catch {
                return .failure(error)
            }
        }
        thread.stopAndJoin()
        return try result.get()
    }
}

extension EventLoop {
    fileprivate func probeOnce(
        _ specs: [ProbeSpec],
        under rules: AddressRules,
        spawner: any ProcessSpawner
    ) async throws(SystemError) -> [Outcome] {
        guard !specs.isEmpty else { return [] }
        addressRules = rules
        let factory = try ProberFactory.system(spawner: spawner, scriptsAtOnce: max(1, specs.count))
        let run = RoundUnderWay(specs, factory: factory, on: self)
        let outcomes = await run.outcomes(on: self)
        run.stop(on: self)
        await factory.end(on: self)
        return outcomes
    }
}

/// One run of each of several probers; a run's number is its place.
private final class RoundUnderWay: ProbeObserver {
    private let specs: [ProbeSpec]
    private var probers: [any Prober] = []
    private var outcomes: [Outcome?]
    private var missing: Int
    private var continuation: CheckedContinuation<[Outcome], Never>?

    init(_ specs: [ProbeSpec], factory: ProberFactory, on loop: isolated EventLoop) {
        self.specs = specs
        outcomes = Array(repeating: nil, count: specs.count)
        missing = specs.count
        for spec in specs { probers.append(factory.prober(for: spec, on: loop)) }
    }

    /// Starts all of them and waits for the last.
    func outcomes(on loop: isolated EventLoop) async -> [Outcome] {
        await withCheckedContinuation(isolation: loop) { continuation in
            self.continuation = continuation
            for (index, spec) in specs.enumerated() {
                let deadline = loop.kernel.now.advanced(by: spec.timeout)
                probers[index].start(ProbeRunID(UInt64(index)), deadline: deadline, for: self, on: loop)
            }
        }
    }

    func stop(on loop: isolated EventLoop) {
        for prober in probers { prober.stop(on: loop) }
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        outcomes[Int(run.number)] = outcome
        missing -= 1
        guard missing == 0 else { return }
        continuation?.resume(returning: outcomes.compactMap(\.self))
        continuation = nil
    }
}
