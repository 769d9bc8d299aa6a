// SPDX-License-Identifier: Apache-2.0

import Glibc
package import HealthModel
package import LinuxRuntime
package import PatternMatching
package import SocketTransport
package import TransportSecurity

/// Probes a WebSocket server: the upgrade, a dialog, a ping where asked for, and the closing handshake.
///
/// The connection is new for each run. Once the dialog is over the verdict stands; the server then has `closePatience`, or what
/// is left until the deadline, to answer our Close and to end the connection, and passes whether it does or not.
package final class WebSocketProber: Prober {
    /// How long the server may take for its part of the closing handshake: 500 ms.
    package static let closePatience = Duration.milliseconds(500)

    /// What belongs to one run.
    private struct Run {
        let id: ProbeRunID
        let deadline: MonotonicInstant
        let startedAt: MonotonicInstant
        let observer: any ProbeObserver
        /// Hides the secrets that were sent.
        let redaction: Redaction
        var session: WebSocketSession
        var phases = PhaseTimings()
        var address: String?
        /// When the request went out; nil before.
        var requestedAt: MonotonicInstant?
        var answeredAt: MonotonicInstant?
        var isClosing = false
        var timer: TimerID?
    }

    private let probe: WebSocketProbe
    private let steps: [WebSocketDialog.Step]
    private let stream: ByteStream
    /// How TLS is done; nil for `ws`.
    private let security: TLSProfile?
    private let expiry: CertificateExpiryCheck
    private let secrets: SecretFields
    private let random: @Sendable () -> any RandomNumberGenerator
    private var run: Run?

    /// Prepares a prober for one target.
    ///
    /// - Parameters:
    ///   - probe: where to connect, and what to say.
    ///   - resolver: who looks the name up.
    ///   - files: reads what the probe's TLS settings name.
    ///   - secrets: where its secrets are read.
    ///   - random: gives each run its source of keys and masks; unpredictable outside of tests.
    /// - Throws: the first regular expression that cannot be compiled.
    package init(
        _ probe: WebSocketProbe,
        resolver: any Resolver,
        files: TLSFiles,
        secrets: SecretReader = SecretReader(files: SystemFiles()),
        random: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() }
    ) throws(PatternProblem) {
        self.probe = probe
        self.random = random
        self.secrets = SecretFields(headers: probe.secretHeaders, reader: secrets)
        security = probe.url.isSecure ? files.profile(for: probe.tls) : nil
        expiry = CertificateExpiryCheck(probe.tls.expiry)
        var steps: [WebSocketDialog.Step] = []
        for step in probe.dialog { steps.append(try WebSocketDialog.Step(step)) }
        self.steps = steps
        let address = probe.url.address
        stream = ByteStream(
            over: TCPConnection(
                host: address.host,
                port: UInt16(address.port),
                choosing: probe.address,
                resolver: resolver
            ),
            outputLimit: ByteStream.defaultOutputLimit + steps.reduce(0) { $0 + $1.byteCount }
        )
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts while another is under way")
        let fields: [HTTPField]
        let redaction: Redaction
        do throws(SecretProblem) {
            (fields, redaction) = try secrets.read()
        } catch {
            return observer.finished(run, with: .withoutSecret(error, startedAt: loop.now, on: loop), on: loop)
        }
        self.run = Run(
            id: run,
            deadline: deadline,
            startedAt: loop.now,
            observer: observer,
            redaction: redaction,
            session: WebSocketSession(probe, steps, adding: fields, random: random())
        )
        stream.open(by: deadline, for: self, on: loop)
    }

    package func collect(into footprint: inout Footprint) {
        footprint.add(self)
        stream.collect(into: &footprint)
    }

    package func stop(on loop: isolated EventLoop) {
        if let timer = run?.timer { loop.cancel(timer) }
        run = nil
        stream.close(on: loop)
    }

    /// Sends the upgrade request.
    private func request(on loop: isolated EventLoop) {
        // A quick answer comes within the same turn of the loop, whose own clock stands still meanwhile.
        run?.requestedAt = loop.kernel.now
        proceed(on: loop)
    }

    /// Does what the session wants done now: writes, sets the timer of the closing handshake, ends the run.
    private func proceed(on loop: isolated EventLoop) {
        guard var run else { return }
        let output = run.session.takeOutput()
        if !output.isEmpty, stream.isOpen, !stream.write(output, on: loop) {
            let failure = Failure(
                .protocolError,
                "the server sends pings and takes no pongs",
                evidence: Evidence(phase: .transfer)
            )
            run.session.connectionFailed(failure)
        }
        if run.session.stage == .closing, !run.isClosing {
            run.isClosing = true
            if let timer = run.timer { loop.cancel(timer) }
            let patience = loop.now.advanced(by: Self.closePatience)
            run.timer = loop.schedule(self, at: min(run.deadline, patience))
        }
        self.run = run
        if let ending = run.session.ending { finish(ending, on: loop) }
    }

    private func finish(_ ending: WebSocketEnding, on loop: isolated EventLoop) {
        guard var run else { return }
        if let timer = run.timer { loop.cancel(timer) }
        self.run = nil
        stream.close(on: loop)
        let now = loop.kernel.now
        run.phases.tls = stream.handshakeDuration(at: now)
        let tls = stream.tlsFacts
        if let answeredAt = run.answeredAt {
            run.phases.transfer = answeredAt.duration(to: now)
        } else if let requestedAt = run.requestedAt {
            run.phases.firstByte = requestedAt.duration(to: now)
        }
        let finding = ending.failure == nil ? expiry.finding(on: tls, at: loop.kernel.wallTime) : nil
        let outcome = Outcome(
            verdict: finding?.verdict ?? Self.verdict(on: ending.failure),
            layer: finding?.verdict == .unhealthy ? .l6Response : ending.layer,
            failure: finding?.failure ?? ending.failure,
            startedAt: run.startedAt,
            duration: run.startedAt.duration(to: now),
            phases: run.phases,
            address: run.address,
            observed: Observed(
                httpStatus: run.session.status,
                tls: tls,
                closeCode: run.session.closeCode.map(Int.init)
            )
        )
        run.observer.finished(run.id, with: run.redaction.applied(to: outcome), on: loop)
    }

    private static func verdict(on failure: Failure?) -> Verdict {
        switch failure?.reason {
        case nil: .healthy
        case .internal: .unknown
        default: .unhealthy
        }
    }
}

extension WebSocketProber: ByteStreamObserver {
    package func streamOpened(_ stream: ByteStream, _ report: ConnectReport, on loop: isolated EventLoop) {
        run?.phases = report.phases
        run?.address = report.address?.description
        if let failure = report.failure {
            return finish(WebSocketEnding(failure: failure, layer: report.layer), on: loop)
        }
        guard let deadline = run?.deadline else { return }
        run?.timer = loop.schedule(self, at: deadline)
        guard let security else { return request(on: loop) }
        do throws(TLSSetupProblem) {
            try stream.startTLS(security, on: loop)
        } catch {
            let failure = Failure(.internal, error.text, evidence: Evidence(phase: .tls))
            finish(WebSocketEnding(failure: failure, layer: .l4OK), on: loop)
        }
    }

    package func streamSecured(_ stream: ByteStream, on loop: isolated EventLoop) {
        request(on: loop)
    }

    package func received(_ bytes: [UInt8], from stream: ByteStream, on loop: isolated EventLoop) {
        if let requestedAt = run?.requestedAt, run?.answeredAt == nil {
            let now = loop.kernel.now
            run?.answeredAt = now
            run?.phases.firstByte = requestedAt.duration(to: now)
        }
        run?.session.receive(bytes)
        proceed(on: loop)
    }

    package func streamEnded(_ stream: ByteStream, _ end: StreamEnd, on loop: isolated EventLoop) {
        switch end {
        case .closed: run?.session.peerEnded()
        case .insecure(let failure) where run?.requestedAt == nil:
            return finish(WebSocketEnding(failure: failure, layer: .l6Response), on: loop)
        case .insecure(let failure): run?.session.connectionFailed(failure)
        case .failed(let error) where run?.requestedAt == nil:
            return finish(WebSocketEnding(failure: Self.failure(error, in: .tls), layer: .l6Response), on: loop)
        case .failed(let error):
            let phase = run?.answeredAt == nil ? Phase.firstByte : .transfer
            run?.session.connectionFailed(Self.failure(error, in: phase))
        }
        proceed(on: loop)
    }

    private static func failure(_ error: SystemError, in phase: Phase) -> Failure {
        let isReset = error.code == ECONNRESET
        return Failure(
            isReset ? .reset : .unreachable,
            isReset ? "the server reset the connection" : "the connection failed: \(error.text)",
            evidence: Evidence(phase: phase, systemError: error)
        )
    }
}

extension WebSocketProber: TimerHandler {
    /// The deadline has come, or the end of our patience with the closing handshake.
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard let id = run?.id else { return }
        run?.timer = nil
        stream.readPending(on: loop)
        guard let run, run.id == id, run.timer == nil else { return }
        let allowed = run.startedAt.duration(to: run.deadline)
        guard run.requestedAt != nil else {
            let message = "connected, but no TLS session within \(allowed.readable)"
            let failure = Failure(.timeout, message, evidence: Evidence(phase: .tls))
            return finish(WebSocketEnding(failure: failure, layer: .l6Timeout), on: loop)
        }
        self.run?.session.timeUp(after: allowed)
        proceed(on: loop)
    }
}
