// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
package import PatternMatching
package import SocketTransport
package import TransportSecurity

/// Probes a TCP port by what is said on it: TLS, from the first byte or after STARTTLS, and then a dialog.
///
/// One deadline covers all of it. The connection is reset at the end; nothing is said to take leave, as a server's session
/// would have to be spoken to its end for that.
package final class TCPDialogProber: Prober {
    /// What is going on on the connection.
    enum Stage {
        case connecting
        case negotiating(StartTLSNegotiation)
        case handshaking
        case talking(Dialog)
    }

    struct Run {
        let id: ProbeRunID
        let observer: any ProbeObserver
        let startedAt: MonotonicInstant
        let deadline: MonotonicInstant
        var stage = Stage.connecting
        var timer: TimerID?
        var phases = PhaseTimings()
        var address: SocketAddress?
        /// When the peer was last given something to answer, by the clock and not by the turn.
        var askedAt: MonotonicInstant?
        /// When the first thing was said, or waited for, after connection and TLS.
        var talkingSince: MonotonicInstant?
        /// How much of its time our own slowness took from the peer.
        var lag = Duration.zero
    }

    /// Most bytes that may wait to be sent: more than the texts of a dialog that does not repeat long captures.
    static let outputLimit = 1_048_576

    let probe: TCPProbe
    let stream: ByteStream
    var run: Run?
    private let profile: TLSProfile?
    private let script: DialogScript
    private let expiry: CertificateExpiryCheck

    /// Prepares a prober for one target.
    ///
    /// - Parameters:
    ///   - probe: where to connect, and what to say.
    ///   - resolver: who looks the name up.
    ///   - files: the authorities and client certificates that TLS needs.
    /// - Throws: what is wrong with the first expression that is not one.
    package init(_ probe: TCPProbe, resolver: any Resolver, files: TLSFiles) throws(PatternProblem) {
        self.probe = probe
        script = try DialogScript(probe.dialog)
        profile = probe.security.settings.map(files.profile)
        expiry = CertificateExpiryCheck(probe.security.settings?.expiry ?? CertificateExpiry())
        stream = ByteStream(
            over: TCPConnection(
                host: probe.address.host,
                port: UInt16(probe.address.port),
                choosing: probe.addresses,
                resolver: resolver
            ),
            outputLimit: Self.outputLimit
        )
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts while another is under way")
        self.run = Run(id: run, observer: observer, startedAt: loop.now, deadline: deadline)
        stream.open(by: deadline, for: self, on: loop)
    }

    package func stop(on loop: isolated EventLoop) {
        if let timer = run?.timer { loop.cancel(timer) }
        run = nil
        stream.close(on: loop)
    }

    /// Goes on as far as what has arrived allows.
    func advance(isFinal: Bool = false, on loop: isolated EventLoop) {
        while let run {
            switch run.stage {
            case .connecting, .handshaking:
                return
            case .negotiating(var negotiation):
                let action = negotiation.advance()
                self.run?.stage = .negotiating(negotiation)
                switch action {
                case .wait: return
                case .send(let bytes): write(bytes, on: loop)
                case .upgrade: return startTLS(on: loop)
                case .failed(let failure): return finish(failure, .l7Response, on: loop)
                }
            case .talking(var dialog):
                let action = dialog.advance(isFinal: isFinal)
                self.run?.stage = .talking(dialog)
                switch action {
                case .wait: return
                case .send(let bytes): write(bytes, on: loop)
                case .passed:
                    // An answer that was waited for is enough; last words must have gone out, else nothing was said.
                    let isSaid = stream.isOpen && stream.unsentBytes == 0
                    if isSaid || !dialog.endsWithSend { pass(.l7OK, on: loop) }
                    return
                case .failed(let failure, let layer): return finish(failure, layer, on: loop)
                }
            }
        }
    }

    private func write(_ bytes: [UInt8], on loop: isolated EventLoop) {
        noteAsking(on: loop)
        guard stream.isOpen else { return finishAfterFarewell(on: loop) }
        guard !stream.write(bytes, on: loop) else { return }
        let message = "more than \(stream.outputLimit / 1_024) KiB wait to be sent"
        finish(Failure(.tooLarge, message, evidence: Evidence(phase: .transfer)), .l7Response, on: loop)
    }

    /// From now on the peer is waited for.
    private func noteAsking(on loop: isolated EventLoop) {
        let now = loop.kernel.now
        run?.lag += loop.now.duration(to: now)
        run?.askedAt = now
    }

    private func startTLS(on loop: isolated EventLoop) {
        guard let profile else { preconditionFailure("\(probe.address) has no TLS to start") }
        run?.stage = .handshaking
        noteAsking(on: loop)
        do throws(TLSSetupProblem) {
            try stream.startTLS(profile, on: loop)
        } catch {
            finish(Failure(.internal, error.text, evidence: Evidence(phase: .tls)), .l6Response, on: loop)
        }
    }

    private func talk(on loop: isolated EventLoop) {
        if script.steps.isEmpty { return pass(.l6OK, on: loop) }
        run?.stage = .talking(Dialog(script))
        run?.talkingSince = loop.now
        noteAsking(on: loop)
        advance(on: loop)
    }

    private func pass(_ layer: Layer, on loop: isolated EventLoop) {
        if let finding = expiry.finding(on: stream.tlsFacts, at: loop.kernel.wallTime) {
            return end(finding.verdict, layer, finding.failure, on: loop)
        }
        end(.healthy, layer, nil, on: loop)
    }

    /// Ends the run with what failed.
    func finish(_ failure: Failure, _ layer: Layer, on loop: isolated EventLoop) {
        end(failure.reason == .internal ? .unknown : .unhealthy, layer, failure, on: loop)
    }

    private func end(_ verdict: Verdict, _ layer: Layer, _ failure: Failure?, on loop: isolated EventLoop) {
        guard var run else { return }
        self.run = nil
        if let timer = run.timer { loop.cancel(timer) }
        let now = loop.kernel.now
        run.phases.tls = stream.handshakeDuration(at: now)
        if let since = run.talkingSince {
            run.phases.transfer = since.advanced(by: run.phases.firstByte ?? .zero).duration(to: now)
        }
        stream.close(on: loop)
        let outcome = Outcome(
            verdict: verdict,
            layer: layer,
            failure: failure,
            startedAt: run.startedAt,
            duration: run.startedAt.duration(to: now),
            phases: run.phases,
            address: run.address?.description,
            observed: Observed(tls: stream.tlsFacts)
        )
        run.observer.finished(run.id, with: outcome, on: loop)
    }
}

extension TCPDialogProber: ByteStreamObserver {
    package func streamOpened(_ stream: ByteStream, _ report: ConnectReport, on loop: isolated EventLoop) {
        guard let deadline = run?.deadline else { return }
        run?.phases = report.phases
        run?.address = report.address
        if let failure = report.failure { return finish(failure, report.layer, on: loop) }
        run?.timer = loop.schedule(self, at: deadline)
        switch probe.security {
        case .none: talk(on: loop)
        case .tls: startTLS(on: loop)
        case .startTLS(let negotiated, _):
            run?.stage = .negotiating(StartTLSNegotiation(negotiated))
            noteAsking(on: loop)
            advance(on: loop)
        }
    }

    package func streamSecured(_ stream: ByteStream, on loop: isolated EventLoop) {
        talk(on: loop)
    }

    package func streamDrained(_ stream: ByteStream, on loop: isolated EventLoop) {
        advance(on: loop)
    }

    package func received(_ bytes: [UInt8], from stream: ByteStream, on loop: isolated EventLoop) {
        guard let run else { return }
        switch run.stage {
        case .connecting, .handshaking:
            return
        case .negotiating(var negotiation):
            negotiation.receive(bytes)
            self.run?.stage = .negotiating(negotiation)
        case .talking(var dialog):
            if run.phases.firstByte == nil { self.run?.phases.firstByte = run.talkingSince?.duration(to: loop.now) }
            dialog.receive(bytes)
            self.run?.stage = .talking(dialog)
        }
        advance(on: loop)
    }
}
