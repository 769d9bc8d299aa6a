// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Watches a gRPC health service: one `grpc.health.v1.Health/Watch` that stays open between runs.
///
/// Every outcome is that of a run, so the schedule, the breaker and every count mean what they mean for any other probe. What
/// the stream brings between two runs only asks for a run at once (`ProbeObserver.outdated`):
///
/// * a run with a live stream is answered from what the server said last, at once;
/// * a status that changes asks for a run, which then tells it;
/// * a stream that breaks asks for a run, which fails with the reason. The next ones open a new stream, after ``ReconnectBackoff``
///   or at the target's next turn, whichever comes first; while the breaker holds runs back, nothing is tried;
/// * a stream that has said nothing for ``maximumSilentRuns`` may be dead on the other side. Then the next run opens a second one
///   beside it, which takes its place when it brings a status; a server that hangs fails that run. (A
///   `PING` would not do: it is answered below the service that may hang.)
/// * `SERVICE_UNKNOWN` is a status like `NOT_SERVING`, and the stream stays open for the day the service comes;
/// * `UNIMPLEMENTED` ends watching for good: from then on each run is a `Check`, and its outcome says so.
package final class GRPCWatchProber: Prober {
    /// How many runs are answered from a stream that has said nothing since.
    package static let maximumSilentRuns = 2
    /// Most messages between two runs; a server that sends more is not believed.
    package static let maximumMessages = 1_000

    private let probe: GRPCProbe
    private let transport: any HTTPTransport
    private let secrets: SecretReader
    private let calls: [GRPCCall]
    private var stream: Stream?
    /// The call of a run under way that opens a stream, the first or one to take the place of `stream`.
    private var opening: GRPCCall?
    private var run: Run?
    /// Why the stream broke, until a run has told it.
    private var untold: Break?
    private var observer: (any ProbeObserver)?
    private var backoff: ReconnectBackoff
    private let expiry: CertificateExpiryCheck
    private var timer: TimerID?
    /// Asks for each run when the server has no `Watch`.
    private var fallback: GRPCProber?

    private struct Run {
        let id: ProbeRunID
        let startedAt: MonotonicInstant
        let deadline: MonotonicInstant
    }

    /// A call that has brought a status.
    private struct Stream {
        let call: GRPCCall
        var status: ServingStatus
        /// What the last run told.
        var told: ServingStatus
        /// Runs that were answered from it since the server said something.
        var silentRuns = 0
        /// Messages since the last run.
        var messages = 0
    }

    /// The end of a stream that was live.
    private struct Break {
        let judgement: GRPCJudgement
        let facts: GRPCCallFacts
        let at: MonotonicInstant
    }

    /// Prepares a probe.
    ///
    /// - Parameters:
    ///   - probe: whom to watch about what.
    ///   - seed: decides the jitter of reconnection.
    ///   - transport: what carries the calls; it must speak HTTP/2.
    ///   - secrets: where its secrets are read.
    ///   - loop: where everything happens.
    package init(
        _ probe: GRPCProbe,
        seed: UInt64,
        over transport: any HTTPTransport,
        secrets: SecretReader = SecretReader(files: SystemFiles()),
        on loop: isolated EventLoop
    ) {
        self.probe = probe
        self.transport = transport
        self.secrets = secrets
        let fields = SecretFields(headers: probe.secretMetadata, reader: secrets)
        expiry = probe.expiry
        backoff = ReconnectBackoff(seed: seed)
        var calls: [GRPCCall] = []
        for _ in 0..<2 { calls.append(GRPCCall(probe.request("Watch"), adding: fields, over: transport, on: loop)) }
        self.calls = calls
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts before the one before has ended")
        if let fallback { return fallback.start(run, deadline: deadline, for: observer, on: loop) }
        if let timer { loop.cancel(timer) }
        timer = nil
        self.observer = observer
        self.run = Run(id: run, startedAt: loop.kernel.now, deadline: deadline)
        if let untold {
            self.untold = nil
            // A break that the breaker kept from being told at once says nothing about the present.
            if untold.at.duration(to: loop.kernel.now) < ReconnectBackoff.first {
                return finish(untold.judgement, untold.facts, nil, on: loop)
            }
        }
        if let stream, stream.silentRuns < Self.maximumSilentRuns {
            backoff.reset()
            return tell(stream, on: loop)
        }
        open(deadline, on: loop)
    }

    package func stop(on loop: isolated EventLoop) {
        run = nil
        observer = nil
        stream = nil
        opening = nil
        if let timer { loop.cancel(timer) }
        timer = nil
        for call in calls { call.close(on: loop) }
        fallback?.stop(on: loop)
    }

    private func open(_ deadline: MonotonicInstant, on loop: isolated EventLoop) {
        guard let call = calls.first(where: { !$0.isUnderWay }) else {
            preconditionFailure("a third stream to \(probe.address)")
        }
        opening = call
        call.start(deadline: deadline, adding: [], for: self, on: loop)
    }

    /// Answers the run under way from a stream that was open before it.
    private func tell(_ stream: Stream, on loop: isolated EventLoop) {
        self.stream?.told = stream.status
        self.stream?.messages = 0
        self.stream?.silentRuns += 1
        finish(GRPCJudgement(stream.status), stream.call.facts.withoutPhases, .live, on: loop)
    }

    private func finish(
        _ judgement: GRPCJudgement,
        _ facts: GRPCCallFacts,
        _ source: WatchSource?,
        on loop: isolated EventLoop
    ) {
        guard let run, let observer else { return }
        self.run = nil
        if stream == nil { reconnectLater(on: loop) }
        let duration = run.startedAt.duration(to: loop.kernel.now)
        let outcome =
            judgement
            .weighing(expiry.finding(on: facts.tls, at: loop.kernel.wallTime))
            .outcome(facts, startedAt: run.startedAt, took: duration, watch: source)
        observer.finished(run.id, with: outcome, on: loop)
    }

    /// Asks for a run when it is time to open a new stream; the target's turn may come before.
    private func reconnectLater(on loop: isolated EventLoop) {
        timer = loop.schedule(self, at: loop.kernel.now.advanced(by: backoff.next()))
    }

    /// The server has no `Watch`: the run under way, and each after it, asks by `Check`.
    private func fallBack(on loop: isolated EventLoop) {
        let fallback = GRPCProber(probe, over: transport, secrets: secrets, insteadOf: .unimplemented, on: loop)
        self.fallback = fallback
        guard let run, let observer else {
            self.observer?.outdated(self, on: loop)
            return
        }
        self.run = nil
        fallback.start(run.id, deadline: run.deadline, for: observer, on: loop)
    }
}

extension GRPCWatchProber: TimerHandler {
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard self.timer == timer else { return }
        self.timer = nil
        observer?.outdated(self, on: loop)
    }
}

extension GRPCWatchProber: GRPCCallObserver {
    func received(_ status: ServingStatus, from call: GRPCCall, on loop: isolated EventLoop) {
        if call === opening {
            opening = nil
            call.liftDeadline(on: loop)
            stream?.call.cancel(on: loop)
            stream = Stream(call: call, status: status, told: status)
            return finish(GRPCJudgement(status), call.facts, .opened, on: loop)
        }
        guard let known = stream, known.call === call else { return }
        stream?.status = status
        stream?.silentRuns = 0
        stream?.messages += 1
        guard known.messages < Self.maximumMessages else {
            call.cancel(on: loop)
            let message = "more than \(Self.maximumMessages) messages between two probes"
            return lose(call, GRPCJudgement(Failure(.protocolError, message), at: .l7Response), on: loop)
        }
        if let opening, run != nil, let stream {
            // The stream that was taken for dead has spoken.
            opening.cancel(on: loop)
            self.opening = nil
            return tell(stream, on: loop)
        }
        if status != known.told { observer?.outdated(self, on: loop) }
    }

    func ended(_ ending: GRPCCall.Ending, of call: GRPCCall, on loop: isolated EventLoop) {
        let isOpening = call === opening
        guard isOpening || call === stream?.call else { return }
        if case .status(let status) = ending, status.code == GRPCStatus.unimplemented {
            opening?.cancel(on: loop)
            stream?.call.cancel(on: loop)
            opening = nil
            stream = nil
            return fallBack(on: loop)
        }
        let judgement = Self.judgement(of: ending)
        guard isOpening else { return lose(call, judgement, on: loop) }
        opening = nil
        // The stream beside it said nothing for long, and the server gives no other: it is not believed any more.
        stream?.call.cancel(on: loop)
        stream = nil
        finish(judgement, call.facts, nil, on: loop)
    }

    /// The stream is gone; a run is to tell why, unless one is opening another already.
    private func lose(_ call: GRPCCall, _ judgement: GRPCJudgement, on loop: isolated EventLoop) {
        stream = nil
        guard run == nil else { return }
        untold = Break(judgement: judgement, facts: call.facts.withoutPhases, at: loop.kernel.now)
        observer?.outdated(self, on: loop)
    }

    private static func judgement(of ending: GRPCCall.Ending) -> GRPCJudgement {
        switch ending {
        case .withoutStatus: return .withoutStatus
        case .failed(let failure, let layer, let status): return GRPCJudgement(failure, at: layer, status: status)
        case .status(let status) where status.code != GRPCStatus.ok: return GRPCJudgement(status)
        case .status(let status):
            let failure = Failure(.grpcStatus, "the server ended the stream: \(status.text)")
            return GRPCJudgement(failure, at: .l7Status, status: status)
        }
    }
}
