// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Asks a gRPC health service once for each run: `grpc.health.v1.Health/Check`.
///
/// The server is told how long it has (`grpc-timeout`), and the run ends by its deadline whether the server keeps to it or not.
package final class GRPCProber: Prober {
    private let call: GRPCCall
    private let watch: WatchSource?
    private let expiry: CertificateExpiryCheck
    private var run: Run?

    private struct Run {
        let id: ProbeRunID
        let startedAt: MonotonicInstant
        let deadline: MonotonicInstant
        let observer: any ProbeObserver
        var status: ServingStatus?
    }

    /// Prepares a probe.
    ///
    /// - Parameters:
    ///   - probe: whom to ask about what.
    ///   - transport: what carries the calls; it must speak HTTP/2.
    ///   - secrets: where its secrets are read.
    ///   - watch: what outcomes say about where they come from; nil = nothing, as `Check` was asked for.
    ///   - loop: where everything happens.
    package init(
        _ probe: GRPCProbe,
        over transport: any HTTPTransport,
        secrets: SecretReader = SecretReader(files: SystemFiles()),
        insteadOf watch: WatchSource? = nil,
        on loop: isolated EventLoop
    ) {
        let fields = SecretFields(headers: probe.secretMetadata, reader: secrets)
        call = GRPCCall(probe.request("Check"), adding: fields, over: transport, on: loop)
        self.watch = watch
        expiry = probe.expiry
    }

    package func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.run == nil, "run \(run.number) starts before the one before has ended")
        let now = loop.kernel.now
        self.run = Run(id: run, startedAt: now, deadline: deadline, observer: observer)
        ask(until: deadline, on: loop)
    }

    package func collect(into footprint: inout Footprint) {
        footprint.add(self)
        call.collect(into: &footprint)
    }

    package func stop(on loop: isolated EventLoop) {
        run = nil
        call.close(on: loop)
    }

    private func ask(until deadline: MonotonicInstant, on loop: isolated EventLoop) {
        let timeout = GRPCTimeout.text(loop.kernel.now.duration(to: deadline))
        call.start(deadline: deadline, adding: [HTTPField(name: "grpc-timeout", value: timeout)], for: self, on: loop)
    }

    private func finish(_ judgement: GRPCJudgement, on loop: isolated EventLoop) {
        guard let run else { return }
        self.run = nil
        let duration = run.startedAt.duration(to: loop.kernel.now)
        let outcome =
            judgement
            .weighing(expiry.finding(on: call.facts.tls, at: loop.kernel.wallTime))
            .outcome(call.facts, startedAt: run.startedAt, took: duration, watch: watch)
        run.observer.finished(run.id, with: outcome, on: loop)
    }
}

extension GRPCProber: GRPCCallObserver {
    /// Whether the server's time was over, which is told in whole milliseconds or coarser: it may end just before our deadline.
    private func isOver(at now: MonotonicInstant) -> Bool {
        guard let run else { return false }
        let timeout = run.startedAt.duration(to: run.deadline)
        return run.startedAt.duration(to: now) >= timeout * 0.99 - .milliseconds(1)
    }

    func received(_ status: ServingStatus, from call: GRPCCall, on loop: isolated EventLoop) {
        guard run?.status == nil else {
            call.cancel(on: loop)
            let failure = Failure(.protocolError, "more than one message", evidence: Evidence(phase: .transfer))
            return finish(GRPCJudgement(failure, at: .l7Response), on: loop)
        }
        run?.status = status
    }

    func ended(_ ending: GRPCCall.Ending, of call: GRPCCall, on loop: isolated EventLoop) {
        switch ending {
        case .failed(let failure, let layer, let status):
            finish(GRPCJudgement(failure, at: layer, status: status), on: loop)
        case .withoutStatus: finish(.withoutStatus, on: loop)
        case .status(let status) where status.code == GRPCStatus.deadlineExceeded && isOver(at: loop.kernel.now):
            let failure = Failure(.timeout, "the server gave up when its time was over: \(status.text)")
            finish(GRPCJudgement(failure, at: .l7Timeout, status: status), on: loop)
        case .status(let status) where status.code != GRPCStatus.ok:
            finish(GRPCJudgement(status), on: loop)
        case .status(let status):
            guard let serving = run?.status else {
                let failure = Failure(.protocolError, "OK without a message", evidence: Evidence(phase: .transfer))
                return finish(GRPCJudgement(failure, at: .l7Response, status: status), on: loop)
            }
            var judgement = GRPCJudgement(serving)
            judgement.grpcStatus = status.code
            finish(judgement, on: loop)
        }
    }
}
