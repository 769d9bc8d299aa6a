// SPDX-License-Identifier: Apache-2.0

import HealthModel
package import LinuxRuntime

extension TCPConnection: ResolutionObserver {
    package func resolved(_ answer: ResolutionAnswer, token: UInt64, on loop: isolated EventLoop) {
        guard case .resolving = state, token == generation else { return }
        phases.dns = startedAt.duration(to: loop.now)
        loop.trace?.note(.dns, "\(host): \(answer.summary)", at: loop.kernel.now)
        switch answer {
        case .addresses where loop.now >= deadline:
            failUnresolved(.internal, "the answer was handled after the deadline", problem: .lateness, on: loop)
        case .addresses(let found):
            let family = choice.effectiveFamily
            addresses = found.filter(family.admits)
            guard !addresses.isEmpty else {
                return failUnresolved(.dns, "it has no \(family.rawValue) address", on: loop)
            }
            if let timer { loop.cancel(timer) }
            timer = nil
            beginConnecting(on: loop)
        case .failed(let failure):
            let reason: FailureReason = failure.kind == .ours ? .internal : .dns
            failUnresolved(reason, failure.message, problem: failure.problem, on: loop)
        }
    }

    /// The deadline came before the resolver's answer.
    ///
    /// An answer that is there already was handed out before, because the loop runs timers last; so a late loop does not
    /// bring this about.
    func resolutionTimedOut(on loop: isolated EventLoop) {
        phases.dns = startedAt.duration(to: loop.now)
        let allowed = startedAt.duration(to: deadline).readable
        if let delay = resolver.ownDelay(of: host, on: loop) {
            failUnresolved(
                .internal,
                "\(delay), for \(allowed)",
                layer: .l4Timeout,
                problem: .nameService,
                on: loop
            )
        } else {
            failUnresolved(.dns, "no answer within \(allowed)", layer: .l4Timeout, on: loop)
        }
    }

    private func failUnresolved(
        _ reason: FailureReason,
        _ cause: String,
        layer: Layer = .l4Connection,
        problem: InternalProblem? = nil,
        on loop: isolated EventLoop
    ) {
        let evidence = Evidence(phase: .dns, problem: problem)
        let failure = Failure(reason, "cannot resolve \(host): \(cause)", evidence: evidence)
        fail(failure, layer: layer, address: nil, on: loop)
    }
}
