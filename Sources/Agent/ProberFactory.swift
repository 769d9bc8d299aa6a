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
    private let scripts: ScriptHost

    /// - Parameters:
    ///   - resolver: finds the addresses of names.
    ///   - transport: carries HTTP exchanges.
    ///   - scripts: runs programs.
    init(resolver: any Resolver, transport: any HTTPTransport, scripts: ScriptHost) {
        self.resolver = resolver
        self.transport = transport
        self.scripts = scripts
    }

    /// Makes the factory whose probers reach the real world.
    ///
    /// - Parameters:
    ///   - spawner: starts programs.
    ///   - scriptsAtOnce: how many of them run at once.
    /// - Returns: a factory for one loop.
    /// - Throws: why the resolver's descriptor cannot be had.
    static func system(spawner: any ProcessSpawner, scriptsAtOnce: Int) throws(SystemError) -> ProberFactory {
        let resolver = try SystemResolver()
        return ProberFactory(
            resolver: resolver,
            transport: CurlTransport(resolver: resolver),
            scripts: ScriptHost(
                reaper: ProcessReaper(spawner: spawner),
                files: SystemFiles(),
                user: getuid(),
                limit: scriptsAtOnce
            )
        )
    }

    /// Ends what the probers shared; all of them must have been stopped before.
    ///
    /// Waits until no process of any script is left, at most `patience`.
    func end(within patience: Duration = .seconds(2), on loop: isolated EventLoop) async {
        (resolver as? SystemResolver)?.stop(on: loop)
        _ = await scripts.reaper.waitUntilEmpty(until: loop.kernel.now.advanced(by: patience), on: loop)
    }

    /// Descriptors that one run of a probe holds at most.
    static func descriptors(for probe: Probe) -> Int {
        switch probe {
        case .http: 1
        case .tcp: 1
        case .dns: 1
        case .script(let probe): SpawnedProcess.descriptorCount + (probe.mode == .worker ? 1 : 0)
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
        case .dns(let probe):
            do throws(PatternProblem) {
                return try DNSProber(probe, resolver: resolver, configuration: ResolverConfiguration(files: SystemFiles()))
            } catch {
                preconditionFailure("\(spec.name): an expression that was checked does not compile: \(error)")
            }
        case .script(let probe) where probe.mode == .worker:
            return ScriptWorkerProber(target: spec.name, probe: probe, host: scripts)
        case .script(let probe):
            return ScriptProber(target: spec.name, probe: probe, host: scripts)
        }
    }
}
