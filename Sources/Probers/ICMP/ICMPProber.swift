// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
package import SocketTransport

/// Sends echo requests by the unprivileged socket of icmp(7) and counts the replies.
///
/// The requests go out evenly over the first half of the timeout, so that the last has as long as half of it; the run ends as soon
/// as all are answered.
package final class ICMPProber: Prober {
    /// Draws what marks a run's data.
    package typealias Marks = () -> UInt64

    private struct Run {
        let id: ProbeRunID
        let observer: any ProbeObserver
        let startedAt: MonotonicInstant
        let deadline: MonotonicInstant
    }

    private let probe: ICMPProbe
    private let connection: DatagramConnection
    private let marks: Marks
    private var run: Run?
    private var series = EchoSeries(count: 0, size: 0, first: 1, mark: 0)
    private var timer: TimerID?
    private var phases = PhaseTimings()

    /// Prepares a prober for one target.
    ///
    /// - Parameters:
    ///   - probe: whom to ask, and how often.
    ///   - resolver: who looks the name up.
    ///   - marks: draws what marks a run's data; at random by default.
    package init(
        _ probe: ICMPProbe,
        resolver: any Resolver,
        marks: @escaping Marks = { UInt64.random(in: .min ... .max) }
    ) {
        self.probe = probe
        self.marks = marks
        connection = DatagramConnection(.echo, host: probe.host, port: 0, receiveLimit: 2_048, resolver: resolver)
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts while another is under way")
        self.run = Run(id: run, observer: observer, startedAt: loop.now, deadline: deadline)
        series = EchoSeries(count: probe.count, size: probe.size, first: series.following, mark: marks())
        phases = PhaseTimings()
        connection.open(by: deadline, for: self, on: loop)
    }

    package func stop(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        connection.close(on: loop)
        run = nil
    }

    private func send(on loop: isolated EventLoop) {
        guard let run, let address = connection.address, !series.isSent else { return }
        let message = series.take(at: loop.kernel.now)
        if !series.isSent {
            let half = connection.startedAt.duration(to: run.deadline) / 2
            let step = max(.milliseconds(1), half / max(1, probe.count - 1))
            timer = loop.schedule(self, at: loop.now.advanced(by: step))
        }
        connection.send(message.request(isIPv6: address.isIPv6), on: loop)
    }

    private func finish(
        _ verdict: Verdict,
        _ layer: Layer,
        _ failure: Failure?,
        _ facts: EchoFacts? = nil,
        on loop: isolated EventLoop
    ) {
        guard let run else { return }
        let address = connection.address
        stop(on: loop)
        let outcome = Outcome(
            verdict: verdict,
            layer: layer,
            failure: failure,
            startedAt: run.startedAt,
            duration: run.startedAt.duration(to: loop.now),
            phases: phases,
            address: address?.host,
            observed: Observed(facts: facts.map { .echo($0) })
        )
        run.observer.finished(run.id, with: outcome, on: loop)
    }

    /// Judges a series that is over, because all was answered or because the deadline has come.
    private func judge(_ silence: Failure?, on loop: isolated EventLoop) {
        let facts = series.facts
        phases.firstByte = facts.mean
        let loss = facts.loss
        if let silence, loss > probe.maximumLoss || facts.received == 0 {
            if silence.reason == .internal { return finish(.unknown, .l4Timeout, silence, facts, on: loop) }
            if facts.received == 0, series.damaged > 0 {
                let failure = Failure(.protocolError, "the replies carry other data than was sent")
                return finish(.unhealthy, .l7Response, failure, facts, on: loop)
            }
            let message =
                facts.received == 0
                ? silence.message : "\(facts.summary), expected \(facts.mostLost(probe.maximumLoss)) lost"
            let failure = Failure(.timeout, message, evidence: silence.evidence)
            return finish(.unhealthy, .l4Timeout, failure, facts, on: loop)
        }
        let stall = run.map { loop.stalled(since: $0.startedAt) } ?? .zero
        if let slow = probe.slow, let mean = facts.mean, mean - stall > slow {
            let message = "\(facts.summary), round trip \(mean.readable), slower than \(slow.readable)"
            return finish(.degraded, .l4OK, Failure(.timeout, message), facts, on: loop)
        }
        finish(.healthy, .l4OK, nil, facts, on: loop)
    }
}

extension ICMPProber: DatagramConnectionObserver {
    package func opened(_ connection: DatagramConnection, on loop: isolated EventLoop) {
        phases.dns = connection.lookUpDuration
        if let timer { loop.cancel(timer) }
        timer = nil
        series.restart()
        send(on: loop)
    }

    package func received(_ connection: DatagramConnection, _ datagram: [UInt8], on loop: isolated EventLoop) {
        guard let address = connection.address,
            let reply = EchoMessage(reply: datagram, isIPv6: address.isIPv6)
        else { return }
        series.receive(reply, at: loop.now)
        if series.isComplete { judge(nil, on: loop) }
    }

    package func failed(
        _ connection: DatagramConnection,
        _ failure: Failure,
        layer: Layer,
        on loop: isolated EventLoop
    ) {
        phases.dns = connection.lookUpDuration
        finish(failure.reason == .internal ? .unknown : .unhealthy, layer, failure, on: loop)
    }

    package func timedOut(_ connection: DatagramConnection, shortfall: Duration?, on loop: isolated EventLoop) {
        judge(connection.silence(shortfall), on: loop)
    }
}

extension ICMPProber: TimerHandler {
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard timer == self.timer else { return }
        self.timer = nil
        send(on: loop)
    }
}
