// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
package import PatternMatching
package import SocketTransport

/// Sends one datagram and waits for one that matches.
///
/// The socket is connected, so that a port where nobody listens is told from silence, and answers from elsewhere are not seen.
/// Nothing is sent twice: what asks may not be safe to repeat. A datagram that does not match ends nothing, as another may follow.
package final class UDPProber: Prober {
    private struct Run {
        let id: ProbeRunID
        let observer: any ProbeObserver
        let startedAt: MonotonicInstant
    }

    private let connection: DatagramConnection
    private let datagram: [UInt8]
    private let pattern: Pattern
    private var run: Run?
    private var sentAt: MonotonicInstant?
    private var phases = PhaseTimings()
    /// The first datagram that did not match.
    private var other: [UInt8]?

    /// The most that is read of an answer.
    package static let mostRead = 4_096

    /// Prepares a prober for one target.
    ///
    /// - Throws: what is wrong with the expression.
    package init(_ probe: UDPProbe, resolver: any Resolver) throws(PatternProblem) {
        connection = DatagramConnection(
            .udp,
            host: probe.address.host,
            port: UInt16(probe.address.port),
            receiveLimit: Self.mostRead,
            resolver: resolver
        )
        datagram = Array(probe.send.utf8)
        pattern = try Pattern(probe.expect)
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts while another is under way")
        self.run = Run(id: run, observer: observer, startedAt: loop.now)
        phases = PhaseTimings()
        sentAt = nil
        other = nil
        connection.open(by: deadline, for: self, on: loop)
    }

    package func stop(on loop: isolated EventLoop) {
        connection.close(on: loop)
        run = nil
    }

    private func finish(
        _ verdict: Verdict,
        _ layer: Layer,
        _ failure: Failure?,
        output: String? = nil,
        on loop: isolated EventLoop
    ) {
        guard let run else { return }
        let address = connection.address
        connection.close(on: loop)
        self.run = nil
        let outcome = Outcome(
            verdict: verdict,
            layer: layer,
            failure: failure,
            startedAt: run.startedAt,
            duration: run.startedAt.duration(to: loop.now),
            phases: phases,
            address: address?.description,
            observed: Observed(output: output)
        )
        run.observer.finished(run.id, with: outcome, on: loop)
    }

    private func finish(_ failure: Failure, _ layer: Layer, on loop: isolated EventLoop) {
        finish(failure.reason == .internal ? .unknown : .unhealthy, layer, failure, on: loop)
    }
}

extension UDPProber: DatagramConnectionObserver {
    package func opened(_ connection: DatagramConnection, on loop: isolated EventLoop) {
        phases.dns = connection.lookUpDuration
        sentAt = loop.now
        connection.send(datagram, on: loop)
    }

    package func received(_ connection: DatagramConnection, _ datagram: [UInt8], on loop: isolated EventLoop) {
        phases.firstByte = phases.firstByte ?? sentAt?.duration(to: loop.now)
        switch pattern.matches(in: datagram) {
        case .matched: finish(.healthy, .l7OK, nil, output: Excerpt.text(of: datagram), on: loop)
        case .notMatched: other = other ?? datagram
        case .limitExceeded:
            let message = "matching /\(Excerpt.bounded(pattern.text))/ took too many steps"
            let evidence = Evidence(phase: .transfer, excerpt: Excerpt.text(of: datagram))
            finish(.unknown, .l7OK, Failure(.internal, message, evidence: evidence), on: loop)
        }
    }

    package func failed(
        _ connection: DatagramConnection,
        _ failure: Failure,
        layer: Layer,
        on loop: isolated EventLoop
    ) {
        phases.dns = connection.lookUpDuration
        finish(failure, layer, on: loop)
    }

    package func timedOut(_ connection: DatagramConnection, shortfall: Duration?, on loop: isolated EventLoop) {
        if let other, shortfall == nil {
            let message = "no answer matches /\(Excerpt.bounded(pattern.text))/"
            let evidence = Evidence(phase: .transfer, excerpt: Excerpt.text(of: other))
            return finish(Failure(.body, message, evidence: evidence), .l7Status, on: loop)
        }
        finish(connection.silence(shortfall), .l7Timeout, on: loop)
    }
}
