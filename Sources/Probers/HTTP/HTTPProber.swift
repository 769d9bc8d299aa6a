// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
package import PatternMatching

/// Probes one HTTP or HTTPS target over any transport.
package final class HTTPProber: Prober {
    private let exchange: any HTTPExchange
    private let assessment: HTTPAssessment
    private var run: (id: ProbeRunID, startedAt: MonotonicInstant, observer: any ProbeObserver)?

    /// Most bytes of a body that are kept as evidence when no condition needs more.
    private static let evidenceBytes = 800

    /// Prepares a probe.
    ///
    /// - Parameters:
    ///   - probe: the request and what its answer must be.
    ///   - transport: what carries it.
    ///   - loop: where everything happens.
    /// - Throws: the first regular expression that cannot be compiled.
    package init(
        _ probe: HTTPProbe,
        over transport: any HTTPTransport,
        on loop: isolated EventLoop
    ) throws(PatternProblem) {
        assessment = HTTPAssessment(
            expectation: probe.expect,
            slow: probe.slow,
            body: try BodyCheck(probe.expect)
        )
        let request = HTTPRequest(
            url: probe.url,
            method: probe.method,
            headers: probe.headers,
            body: probe.body.map { Array($0.utf8) },
            redirects: probe.redirects,
            connection: probe.connection,
            maximumBodyBytes: probe.maximumBodyBytes,
            keptBodyBytes: probe.expect.needsBody ? nil : Self.evidenceBytes,
            tls: probe.tls
        )
        exchange = transport.prepare(request, on: loop)
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts before the one before has ended")
        self.run = (run, loop.kernel.now, observer)
        exchange.start(deadline: deadline, token: run.number, for: self, on: loop)
    }

    package func stop(on loop: isolated EventLoop) {
        run = nil
        exchange.close(on: loop)
    }
}

extension HTTPProber: HTTPExchangeObserver {
    package func exchanged(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop) {
        guard let run, run.id.number == token else { return }
        self.run = nil
        let duration = run.startedAt.duration(to: loop.kernel.now)
        let outcome = assessment.outcome(of: result, startedAt: run.startedAt, took: duration)
        run.observer.finished(run.id, with: outcome, on: loop)
    }
}
