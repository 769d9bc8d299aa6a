// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Glibc
import HealthModel
import LinuxRuntime
import PatternMatching
import Probers
import SocketTransport
import TransportSecurity

/// Makes the prober of a target; the one place that knows every kind.
///
/// Lives on the loop: transports, resolver and reaper are shared by all probers of a loop.
final class ProberFactory {
    private let resolver: any Resolver
    private let transport: any HTTPTransport
    /// What the TLS settings of all probes name.
    private let tlsFiles: TLSFiles
    /// What script probers share.
    let scripts: ScriptHost
    private let files: any FileLayer
    private let secrets: SecretReader
    private let survey: any ProcessSurvey
    /// Runs checks of added kinds.
    private let checks = ThreadPoolExecutor(limit: 16, name: "checks")
    private let seed: UInt64
    /// How many probers with randomness of their own were made.
    private var watchers: UInt64 = 0

    /// - Parameters:
    ///   - resolver: finds the addresses of names.
    ///   - transport: carries HTTP exchanges.
    ///   - scripts: runs programs.
    ///   - survey: reads the process table.
    ///   - tlsFiles: the authorities and client certificates of probes that do TLS themselves.
    ///   - files: where bodies and secrets are read.
    ///   - seed: decides what is random in probers.
    init(
        resolver: any Resolver,
        transport: any HTTPTransport,
        scripts: ScriptHost,
        survey: any ProcessSurvey,
        tlsFiles: TLSFiles = TLSFiles(),
        files: any FileLayer = SystemFiles(),
        seed: UInt64
    ) {
        self.resolver = resolver
        self.transport = transport
        self.scripts = scripts
        self.files = files
        secrets = SecretReader(files: files)
        self.survey = survey
        self.tlsFiles = tlsFiles
        self.seed = seed
    }

    /// Makes the factory whose probers reach the real world.
    ///
    /// - Parameters:
    ///   - spawner: starts programs.
    ///   - scriptsAtOnce: how many of them run at once.
    ///   - seed: decides what is random in probers; random by default.
    /// - Returns: a factory for one loop.
    /// - Throws: why the resolver's descriptor cannot be had.
    static func system(
        spawner: any ProcessSpawner,
        scriptsAtOnce: Int,
        seed: UInt64 = .random(in: .min ... .max)
    ) throws(SystemError) -> ProberFactory {
        let resolver = try SystemResolver()
        let files = TLSFiles()
        return ProberFactory(
            resolver: resolver,
            transport: SocketHTTPTransport(
                resolver: resolver,
                files: files,
                otherwise: CurlTransport(resolver: resolver, files: files)
            ),
            scripts: ScriptHost(
                reaper: ProcessReaper(spawner: spawner),
                files: SystemFiles(),
                user: getuid(),
                limit: scriptsAtOnce
            ),
            survey: try SystemProcessSurvey(),
            tlsFiles: files,
            seed: seed
        )
    }

    /// What is wrong with files that probes name for TLS, a line each.
    var fileProblems: [String] { tlsFiles.problems }

    /// Ends what the probers shared; all of them must have been stopped before.
    ///
    /// Waits until no process of any script is left, at most `patience`.
    func end(within patience: Duration = .seconds(2), on loop: isolated EventLoop) async {
        (resolver as? SystemResolver)?.stop(on: loop)
        (survey as? SystemProcessSurvey)?.stop(on: loop)
        _ = await scripts.reaper.waitUntilEmpty(until: loop.kernel.now.advanced(by: patience), on: loop)
    }

    /// Descriptors that one run of a probe holds at most.
    static func descriptors(for probe: Probe) -> Int {
        if probe.severalAddresses != nil {
            return EveryAddressProber.mostAddresses
        }
        return switch probe {
        case .http: 1
        case .tcp, .tls: 1
        // Two streams of a watch stand side by side for a moment when one is renewed.
        case .grpc(let probe): probe.mode == .watch ? 2 : 1
        case .webSocket: 1
        case .dns, .udp, .icmp: 1
        case .process, .custom: 0
        case .script(let probe): SpawnedProcess.descriptorCount + (probe.mode == .worker ? 1 : 0)
        }
    }

    /// A prober that has not run yet.
    func prober(for spec: ProbeSpec, on loop: isolated EventLoop) -> any Prober {
        do throws(PatternProblem) {
            let prober = try compiledProber(for: spec, on: loop)
            return spec.retry.attempts > 1 ? RetryingProber(prober, spec.retry) : prober
        } catch {
            preconditionFailure("\(spec.name): an expression that was checked does not compile: \(error)")
        }
    }

    private func compiledProber(for spec: ProbeSpec, on loop: isolated EventLoop) throws(PatternProblem) -> any Prober {
        if let several = spec.probe.severalAddresses {
            return EveryAddressProber(of: several, made: PinnedProbers(spec, factory: self), resolver: resolver)
        }
        switch spec.probe {
        case .http(let probe): return try HTTPProber(probe, over: transport, files: files, secrets: secrets, on: loop)
        case .tcp(let probe) where probe.isConnectOnly: return TCPProber(probe, resolver: resolver)
        case .tcp(let probe): return try TCPDialogProber(probe, resolver: resolver, files: tlsFiles)
        case .tls(let probe): return try TCPDialogProber(probe.tcp, resolver: resolver, files: tlsFiles)
        case .webSocket(let probe):
            return try WebSocketProber(probe, resolver: resolver, files: tlsFiles, secrets: secrets)
        case .dns(let probe):
            return try DNSProber(probe, resolver: resolver, configuration: ResolverConfiguration(files: SystemFiles()))
        case .udp(let probe): return try UDPProber(probe, resolver: resolver)
        case .icmp(let probe): return ICMPProber(probe, resolver: resolver)
        case .process(let probe): return ProcessProber(probe, survey: survey)
        case .custom(let probe): return CustomProber(target: spec.name, probe: probe, executor: checks)
        case .script(let probe) where probe.mode == .worker:
            return ScriptWorkerProber(target: spec.name, probe: probe, host: scripts)
        case .grpc(let probe) where probe.mode == .watch:
            watchers += 1
            return GRPCWatchProber(probe, seed: seed &+ watchers, over: transport, secrets: secrets, on: loop)
        case .grpc(let probe): return GRPCProber(probe, over: transport, secrets: secrets, on: loop)
        case .script(let probe):
            return ScriptProber(target: spec.name, probe: probe, host: scripts)
        }
    }
}

/// Makes the probers of one target that contact one address each.
private final class PinnedProbers: PinnedProberMaker {
    private let spec: ProbeSpec
    private let factory: ProberFactory

    init(_ spec: ProbeSpec, factory: ProberFactory) {
        self.spec = spec
        self.factory = factory
    }

    func prober(pinnedTo address: IPAddress, on loop: isolated EventLoop) -> any Prober {
        var spec = spec
        spec.probe = spec.probe.pinned(to: address)
        return factory.prober(for: spec, on: loop)
    }
}
