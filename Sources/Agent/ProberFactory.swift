// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Glibc
import HealthModel
import LinuxRuntime
import PatternMatching
import Probers

/// Makes the prober of a target; the one place that knows every kind.
///
/// Lives on the loop: transports, resolver and reaper are shared by all probers of a loop.
final class ProberFactory {
    private let resolver: any Resolver
    private let transport: any HTTPTransport
    private let reaper: ProcessReaper
    private let trust: ScriptTrust
    private let seed: UInt64
    /// How many probers with randomness of their own were made.
    private var watchers: UInt64 = 0

    /// - Parameters:
    ///   - resolver: finds the addresses of names.
    ///   - transport: carries HTTP exchanges.
    ///   - reaper: runs programs.
    ///   - trust: says which programs may be run.
    ///   - seed: decides what is random in probers.
    init(
        resolver: any Resolver,
        transport: any HTTPTransport,
        reaper: ProcessReaper,
        trust: ScriptTrust,
        seed: UInt64
    ) {
        self.resolver = resolver
        self.transport = transport
        self.reaper = reaper
        self.trust = trust
        self.seed = seed
    }

    /// The factory whose probers reach the real world.
    ///
    /// - Throws: why the resolver's descriptor cannot be had.
    static func system(
        spawner: any ProcessSpawner,
        seed: UInt64 = .random(in: .min ... .max)
    ) throws(SystemError) -> ProberFactory {
        let resolver = try SystemResolver()
        return ProberFactory(
            resolver: resolver,
            transport: CurlTransport(resolver: resolver),
            reaper: ProcessReaper(spawner: spawner),
            trust: ScriptTrust(files: SystemFiles(), user: getuid()),
            seed: seed
        )
    }

    /// Ends what the probers shared; all of them must have been stopped before.
    ///
    /// Waits until no process of any script is left, at most `patience`.
    func end(within patience: Duration = .seconds(2), on loop: isolated EventLoop) async {
        (resolver as? SystemResolver)?.stop(on: loop)
        _ = await reaper.waitUntilEmpty(until: loop.kernel.now.advanced(by: patience), on: loop)
    }

    /// Descriptors that one run of a probe holds at most.
    static func descriptors(for probe: Probe) -> Int {
        switch probe {
        case .http: 1
        case .tcp: 1
        // Two streams of a watch stand side by side for a moment when one is renewed.
        case .grpc(let probe): probe.mode == .watch ? 2 : 1
        case .script: SpawnedProcess.descriptorCount
        }
    }

    /// A prober that has not run yet.
    func prober(for spec: ProbeSpec, on loop: isolated EventLoop) -> any Prober {
        switch spec.probe {
        case .http(let probe):
            do throws(PatternProblem) {
                return try HTTPProber(probe, over: transport, on: loop)
            } catch {
                preconditionFailure("\(spec.name): an expression that was checked does not compile: \(error)")
            }
        case .tcp(let probe): return TCPProber(probe, resolver: resolver)
        case .grpc(let probe):
            guard probe.mode == .watch else { return GRPCProber(probe, over: transport, on: loop) }
            watchers += 1
            return GRPCWatchProber(probe, seed: seed &+ watchers, over: transport, on: loop)
        case .script(let probe):
            return ScriptProber(target: spec.name, probe: probe, reaper: reaper, trust: trust)
        }
    }
}
