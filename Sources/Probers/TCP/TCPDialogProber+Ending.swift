// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
package import LinuxRuntime
package import SocketTransport

/// What it means that the peer, or the time, is gone.
extension TCPDialogProber {
    package func streamEnded(_ stream: ByteStream, _ end: StreamEnd, on loop: isolated EventLoop) {
        // What has arrived may be all that was waited for.
        if end == .closed { advance(isFinal: true, on: loop) }
        guard let run else { return }
        switch end {
        case .insecure(var failure):
            let isHandshake = if case .handshaking = run.stage { true } else { false }
            failure.evidence.phase = isHandshake ? .tls : .transfer
            finish(failure, .l6Response, on: loop)
        case .failed(let error):
            finish(fault(error, in: run.stage), layer(in: run.stage, isTimeout: false), on: loop)
        case .closed:
            finishAfterFarewell(on: loop)
        }
    }

    /// The peer has closed before all was said.
    func finishAfterFarewell(on loop: isolated EventLoop) {
        guard let stage = run?.stage else { return }
        finish(farewell(in: stage), layer(in: stage, isTimeout: false), on: loop)
    }

    private func fault(_ error: SystemError, in stage: Stage) -> Failure {
        let place = place(of: stage)
        let evidence = Evidence(phase: phase(of: stage), systemError: error, excerpt: excerpt(of: stage))
        switch error.code {
        case ECONNRESET, ECONNABORTED: return Failure(.reset, "\(place): connection reset", evidence: evidence)
        case ETIMEDOUT: return Failure(.timeout, "\(place): connection timed out", evidence: evidence)
        case ENOBUFS, ENOMEM: return Failure(.internal, "\(place): \(error.text)", evidence: evidence)
        default: return Failure(.unreachable, "\(place): \(error.text)", evidence: evidence)
        }
    }

    private func farewell(in stage: Stage) -> Failure {
        let evidence = Evidence(phase: phase(of: stage), excerpt: excerpt(of: stage))
        switch stage {
        case .connecting, .handshaking, .negotiating:
            return Failure(.protocolError, "\(place(of: stage)): connection closed", evidence: evidence)
        case .talking(let dialog) where dialog.isOver:
            return Failure(.reset, "\(place(of: stage)): connection closed before all was sent", evidence: evidence)
        case .talking:
            return Failure(.body, "\(place(of: stage)): connection closed before a match", evidence: evidence)
        }
    }

    private func layer(in stage: Stage, isTimeout: Bool) -> Layer {
        switch stage {
        case .connecting, .handshaking: isTimeout ? .l6Timeout : .l6Response
        case .negotiating, .talking: isTimeout ? .l7Timeout : .l7Response
        }
    }

    private func phase(of stage: Stage) -> Phase {
        switch stage {
        case .connecting: .connect
        case .handshaking: .tls
        case .negotiating, .talking: .transfer
        }
    }

    private func place(of stage: Stage) -> String {
        switch stage {
        case .connecting: "connecting"
        case .handshaking: "TLS handshake"
        case .negotiating(let negotiation): "STARTTLS, step \(negotiation.step)"
        case .talking(let dialog): dialog.shownStep
        }
    }

    private func excerpt(of stage: Stage) -> String? {
        switch stage {
        case .connecting, .handshaking: nil
        case .negotiating(let negotiation): negotiation.excerpt
        case .talking(let dialog): dialog.excerpt
        }
    }
}

extension TCPDialogProber: TimerHandler {
    /// The deadline has come.
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        run?.timer = nil
        // A late loop may not have been told yet of what came in time.
        stream.readPending(on: loop)
        advance(isFinal: true, on: loop)
        guard let run else { return }
        if let delay = ownDelay(in: run, on: loop) {
            let message =
                "\(place(of: run.stage)): the agent was late and left the server \(delay.readable) less than it should"
            let evidence = Evidence(phase: phase(of: run.stage), problem: .lateness)
            let failure = Failure(.internal, message, evidence: evidence)
            return finish(failure, layer(in: run.stage, isTimeout: true), on: loop)
        }
        if case .talking(let dialog) = run.stage, dialog.hasUnmatchedLine, stream.unsentBytes == 0 {
            let evidence = Evidence(phase: .transfer, excerpt: dialog.excerpt)
            return finish(Failure(.body, "\(dialog.shownStep): no match", evidence: evidence), .l7Status, on: loop)
        }
        finish(silence(in: run), layer(in: run.stage, isTimeout: true), on: loop)
    }

    private func silence(in run: Run) -> Failure {
        let limit = run.startedAt.duration(to: run.deadline).readable
        let message =
            if stream.unsentBytes > 0 {
                "\(place(of: run.stage)): the server has left \(stream.unsentBytes) bytes unread after \(limit)"
            } else if case .handshaking = run.stage {
                "connected, but no TLS session within \(limit)"
            } else {
                "\(place(of: run.stage)): no answer within \(limit)"
            }
        let evidence = Evidence(phase: phase(of: run.stage), excerpt: excerpt(of: run.stage))
        return Failure(.timeout, message, evidence: evidence)
    }

    /// What our own slowness took from the peer, when that is more than a tenth of its time; nil when the peer is to blame.
    private func ownDelay(in run: Run, on loop: isolated EventLoop) -> Duration? {
        let now = loop.kernel.now
        let total = run.startedAt.duration(to: run.deadline)
        // Asked only when the time was over already, because the loop came too late to it.
        if let askedAt = run.askedAt, askedAt >= run.deadline { return max(run.lag, run.deadline.duration(to: now)) }
        let missing = run.lag - run.deadline.duration(to: now)
        return missing * 10 > total ? missing : nil
    }
}
