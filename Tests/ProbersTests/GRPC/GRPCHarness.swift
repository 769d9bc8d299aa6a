// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import Probers

/// A probe of a port on loopback.
func grpcProbe(_ port: UInt16, _ change: (inout GRPCProbe) -> Void = { _ in }) throws -> GRPCProbe {
    var probe = GRPCProbe(address: try HostPort("127.0.0.1:\(port)"))
    change(&probe)
    return probe
}

/// TLS that trusts the tests' own authority.
var trusting: TLSSettings { TLSSettings(authorityFile: "\(Nginx.certificates)/authority.pem") }

/// Probes once on a loop of its own.
func probeOnce(_ probe: GRPCProbe, timeout: Duration = .seconds(10)) async throws -> Outcome {
    try await withLoop { loop in
        let prober = GRPCProber(probe, over: HTTPClient(over: .sockets, on: loop).transport, on: loop)
        let outcome = await Recorder().run(prober, timeout: timeout, on: loop)
        prober.stop(on: loop)
        return outcome
    }
}

/// Starts runs of a prober and waits for what it tells.
final class Recorder: ProbeObserver {
    private var outcome: CheckedContinuation<Outcome, Never>?
    private var awaited: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    private var number: UInt64 = 0
    /// How often the prober asked for a run.
    private(set) var requests = 0

    /// One run.
    func run(_ prober: any Prober, timeout: Duration = .seconds(10), on loop: isolated EventLoop) async -> Outcome {
        number += 1
        let run = ProbeRunID(number)
        let deadline = loop.kernel.now.advanced(by: timeout)
        return await withCheckedContinuation(isolation: loop) { continuation in
            outcome = continuation
            prober.start(run, deadline: deadline, for: self, on: loop)
        }
    }

    /// Waits until the prober has asked for `count` runs in all.
    func requests(atLeast count: Int, on loop: isolated EventLoop) async {
        guard requests < count else { return }
        await withCheckedContinuation(isolation: loop) { awaited = (count, $0) }
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        self.outcome?.resume(returning: outcome)
        self.outcome = nil
    }

    func outdated(_ prober: any Prober, on loop: isolated EventLoop) {
        requests += 1
        guard let awaited, requests >= awaited.count else { return }
        self.awaited = nil
        awaited.continuation.resume()
    }
}
