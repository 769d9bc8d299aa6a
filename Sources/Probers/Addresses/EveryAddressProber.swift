// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Makes probers of one target that contact one address each.
package protocol PinnedProberMaker: AnyObject {
    /// A prober that has not run yet and contacts nothing but `address`.
    func prober(pinnedTo address: IPAddress, on loop: isolated EventLoop) -> any Prober
}

/// Probes each address of a name by itself, all at the same time: any must pass, or all.
///
/// The name is looked up for every run; an address that is new gets a prober of its own, which keeps its connection between
/// runs, and one that is gone loses it. One deadline covers everything. With `any` the first address that passes decides, and
/// what is under way to the others then ends.
package final class EveryAddressProber: Prober {
    /// How many addresses of a name are probed: 16.
    ///
    /// Of more, `any` takes the first; `all` cannot be answered.
    package static let mostAddresses = 16

    private let host: HostPort
    private let choice: AddressChoice
    private let maker: any PinnedProberMaker
    private let resolver: any Resolver
    private var probers: [IPAddress: any Prober] = [:]
    private var run: Run?

    private struct Run {
        let id: ProbeRunID
        let startedAt: MonotonicInstant
        let deadline: MonotonicInstant
        let observer: any ProbeObserver
        var timer: TimerID?
        var lookUp: Duration?
        var addresses: [IPAddress] = []
        var outcomes: [IPAddress: Outcome] = [:]
    }

    /// Prepares a prober.
    ///
    /// - Parameters:
    ///   - several: the name, and what its addresses mean.
    ///   - maker: makes the probers of single addresses.
    ///   - resolver: who looks the name up.
    package init(of several: Probe.SeveralAddresses, made maker: any PinnedProberMaker, resolver: any Resolver) {
        host = several.host
        choice = several.choice
        self.maker = maker
        self.resolver = resolver
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts before the one before has ended")
        self.run = Run(id: run, startedAt: loop.kernel.now, deadline: deadline, observer: observer)
        self.run?.timer = loop.schedule(self, at: deadline)
        resolver.resolve(host.host, port: UInt16(clamping: host.port), token: run.number, for: self, on: loop)
    }

    package func stop(on loop: isolated EventLoop) {
        if let timer = run?.timer { loop.cancel(timer) }
        run = nil
        for address in Array(probers.keys) { drop(address, on: loop) }
    }

    private func drop(_ address: IPAddress, on loop: isolated EventLoop) {
        probers.removeValue(forKey: address)?.stop(on: loop)
    }

    /// Begins one run for each address.
    private func probe(_ addresses: [IPAddress], on loop: isolated EventLoop) {
        guard let run else { return }
        self.run?.addresses = addresses
        for address in probers.keys where !addresses.contains(address) { drop(address, on: loop) }
        for address in addresses where probers[address] == nil {
            probers[address] = maker.prober(pinnedTo: address, on: loop)
        }
        for address in addresses {
            // The first may have decided the run already.
            guard self.run?.id == run.id else { return }
            probers[address]?.start(run.id, deadline: run.deadline, for: Share(of: self, address), on: loop)
        }
    }

    fileprivate func take(_ outcome: Outcome, of address: IPAddress, _ id: ProbeRunID, on loop: isolated EventLoop) {
        guard let run, run.id == id else { return }
        self.run?.outcomes[address] = outcome
        let isDecided = choice.policy == .any && outcome.verdict == .healthy
        guard isDecided || run.outcomes.count + 1 == run.addresses.count else { return }
        finish(on: loop)
    }

    private func finish(on loop: isolated EventLoop) {
        guard let run else { return }
        self.run = nil
        // Whoever is still under way would be in the way of the next run.
        for address in run.addresses where run.outcomes[address] == nil { drop(address, on: loop) }
        let results = run.addresses.compactMap { address in run.outcomes[address].map { (address, $0) } }
        var outcome = AddressVerdict(policy: choice.policy, count: run.addresses.count).outcome(of: results)
        outcome.phases.dns = run.lookUp
        end(run, with: outcome, on: loop)
    }

    private func fail(_ failure: Failure, at layer: Layer, on loop: isolated EventLoop) {
        guard let run else { return }
        self.run = nil
        let outcome = Outcome(
            verdict: failure.reason == .internal ? .unknown : .unhealthy,
            layer: layer,
            failure: failure,
            startedAt: run.startedAt,
            duration: .zero,
            phases: PhaseTimings(dns: run.lookUp)
        )
        end(run, with: outcome, on: loop)
    }

    private func end(_ run: Run, with outcome: Outcome, on loop: isolated EventLoop) {
        if let timer = run.timer { loop.cancel(timer) }
        var outcome = outcome
        outcome.startedAt = run.startedAt
        outcome.duration = run.startedAt.duration(to: loop.kernel.now)
        run.observer.finished(run.id, with: outcome, on: loop)
    }
}

extension EveryAddressProber: ResolutionObserver {
    package func resolved(_ answer: ResolutionAnswer, token: UInt64, on loop: isolated EventLoop) {
        guard let run, run.id.number == token, run.addresses.isEmpty else { return }
        if let timer = run.timer { loop.cancel(timer) }
        self.run?.timer = nil
        self.run?.lookUp = run.startedAt.duration(to: loop.kernel.now)
        switch answer {
        case .failed(let failure):
            unresolved(failure.kind == .ours ? .internal : .dns, failure.message, at: .l4Connection, on: loop)
        case .addresses(let found):
            let family = choice.effectiveFamily
            var known: Set<IPAddress> = []
            let addresses = found.filter(family.admits).compactMap { IPAddress($0.host) }.filter {
                known.insert($0).inserted
            }
            guard !addresses.isEmpty else {
                return unresolved(.dns, "it has no \(family.rawValue) address", at: .l4Connection, on: loop)
            }
            guard addresses.count <= Self.mostAddresses || choice.policy == .any else {
                let message =
                    "\(host.host) has \(addresses.count) addresses, of which \(Self.mostAddresses) can be probed"
                return fail(Failure(.internal, message, evidence: Evidence(phase: .dns)), at: .l4Connection, on: loop)
            }
            probe(Array(addresses.prefix(Self.mostAddresses)), on: loop)
        }
    }

    private func unresolved(_ reason: FailureReason, _ cause: String, at layer: Layer, on loop: isolated EventLoop) {
        let message = "cannot resolve \(host.host): \(cause)"
        fail(Failure(reason, message, evidence: Evidence(phase: .dns)), at: layer, on: loop)
    }
}

extension EveryAddressProber: TimerHandler {
    /// The deadline has come before the resolver's answer; later on the probers of the addresses keep it.
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard let run, run.timer == timer else { return }
        self.run?.timer = nil
        self.run?.lookUp = run.startedAt.duration(to: loop.kernel.now)
        let allowed = run.startedAt.duration(to: run.deadline).readable
        if let delay = resolver.ownDelay(of: host.host, on: loop) {
            unresolved(.internal, "\(delay), for \(allowed)", at: .l4Timeout, on: loop)
        } else {
            unresolved(.dns, "no answer within \(allowed)", at: .l4Timeout, on: loop)
        }
    }
}

/// Hears what became of one address.
private final class Share: ProbeObserver {
    private let whole: EveryAddressProber
    private let address: IPAddress

    init(of whole: EveryAddressProber, _ address: IPAddress) {
        self.whole = whole
        self.address = address
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        whole.take(outcome, of: address, run, on: loop)
    }
}
