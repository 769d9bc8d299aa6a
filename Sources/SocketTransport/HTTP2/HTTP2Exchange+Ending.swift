// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import TransportSecurity

/// How an exchange ends.
extension HTTP2Exchange {
    /// Why an exchange failed, and what an outcome says of it.
    typealias Verdict = (reason: FailureReason, message: String)

    /// What the exchange is waiting for.
    private var phase: Phase { session?.answer.hasStarted == true ? .transfer : .firstByte }

    /// How long the phases took up to now.
    func phases(of run: Run, at now: MonotonicInstant) -> PhaseTimings {
        var phases = run.phases
        let answeredAt = run.answeredAt
        phases.firstByte = run.sentAt.duration(to: max(run.sentAt, answeredAt ?? now))
        if let answeredAt { phases.transfer = answeredAt.duration(to: max(answeredAt, now)) }
        return phases
    }

    /// The stream has ended.
    func ended(_ end: HTTP2Answer.End, _ session: HTTP2Session, on loop: isolated EventLoop) {
        switch end {
        case .whole: finish(session, on: loop)
        case .broken(let error):
            fail(broken(session, session.complaint.isEmpty ? error.text : session.complaint), on: loop)
        case .reset(let error):
            // Nothing of the request was looked at.
            let isUnseen = error == .refusedStream && !session.answer.hasStarted
            if isUnseen || mayRetry, run?.isRetry == false { return retry(on: loop) }
            if let farewell = session.farewell { return fail(givenUp(farewell), on: loop) }
            if isUnseen { return fail((.reset, "the server refused the request again and again"), on: loop) }
            guard error.code != 0 else {
                return fail((.protocolError, "the server ended the stream before an answer"), on: loop)
            }
            fail((error.reason, "the server reset the stream: \(error.text)"), on: loop)
        }
    }

    /// The connection is gone.
    func lost(_ end: StreamEnd, on loop: isolated EventLoop) {
        guard let run else { return closeConnection(on: loop) }
        switch run.stage {
        case .connecting: return
        // The connection was kept, and is needed no more.
        case .checking: return openConnection(on: loop)
        case .securing: return lostUnsecured(end, on: loop)
        case .waiting: break
        }
        if mayRetry { return retry(on: loop) }
        if let farewell = session?.farewell, phase == .firstByte { return fail(givenUp(farewell), on: loop) }
        switch end {
        case .closed: fail((.protocolError, "the answer ended too early: the connection was closed"), on: loop)
        case .failed(let error): broken(error, on: loop)
        case .insecure(var failure):
            // In TLS 1.3 a server refuses our certificate, or its lack, after our side of the handshake is done.
            let isHandshake = failure.reason == .tlsHandshake && phase == .firstByte
            failure.evidence.phase = phase
            if !isHandshake { failure.reason = .protocolError }
            self.end(failure, at: isHandshake ? .l6Response : .l7Response, on: loop)
        }
    }

    private func broken(_ error: SystemError, on loop: isolated EventLoop) {
        let place = phase == .transfer ? "within the answer" : "before an answer"
        fail(error.loss(place), error, on: loop)
    }

    private func lostUnsecured(_ end: StreamEnd, on loop: isolated EventLoop) {
        run?.phases.tls = stream.handshakeDuration(at: loop.kernel.now)
        switch end {
        case .closed: self.end(Failure(.tlsHandshake, HandshakeRecord.closed), at: .l6Response, on: loop)
        case .insecure(var failure):
            failure.evidence.phase = .tls
            self.end(failure, at: .l6Response, on: loop)
        case .failed(let error):
            let (reason, message) = error.loss("during the TLS handshake")
            let failure = Failure(reason, message, evidence: Evidence(phase: .tls, systemError: error))
            self.end(failure, at: reason == .timeout ? .l6Timeout : .l6Response, on: loop)
        }
    }

    /// What the server has broken of the rules.
    func broken(_ session: HTTP2Session, _ rule: String) -> Verdict {
        let place = session.answer.hasStarted ? "the answer broke off" : "the server speaks no proper HTTP/2"
        return (.protocolError, rule.isEmpty ? place : "\(place): \(Excerpt.bounded(rule))")
    }

    private func givenUp(_ error: HTTP2Error) -> Verdict {
        (.protocolError, "the server gave the connection up or broke the protocol: GOAWAY with \(error.text)")
    }

    static func verdict(on refusal: HTTP2Answer.Refusal) -> Verdict {
        switch refusal {
        case .body(let limit): (.tooLarge, "body longer than \(limit) bytes")
        case .headerFields: (.protocolError, "more than \(HTTPHeaders.maximumFields) header fields")
        case .headerBytes: (.protocolError, "headers longer than \(HTTPHeaders.maximumBytes) bytes")
        }
    }

    /// Whether only a kept connection has died, so that another is worth opening.
    var mayRetry: Bool {
        guard let run else { return false }
        return run.isReused && !run.isRetry && phase == .firstByte
    }

    func retry(on loop: isolated EventLoop) {
        run?.isRetry = true
        openConnection(on: loop)
    }

    /// The whole answer is there.
    private func finish(_ session: HTTP2Session, on loop: isolated EventLoop) {
        guard let run, let answer = session.answer.answer else { return }
        traceFields(answer.trailers, on: loop)
        let result = HTTPExchangeResult(
            ending: .answered(answer),
            phases: phases(of: run, at: loop.kernel.now),
            address: peerText,
            tls: stream.tlsFacts,
            isReused: run.isReused
        )
        if request.connection != .reuse || !session.takesRequests { closeConnection(on: loop) }
        tell(result, on: loop)
    }

    /// Ends the exchange that has got as far as its request.
    func fail(_ verdict: Verdict, _ error: SystemError? = nil, on loop: isolated EventLoop) {
        let evidence = Evidence(phase: phase, systemError: error)
        let layer: Layer = verdict.reason == .timeout ? .l7Timeout : .l7Response
        end(Failure(verdict.reason, verdict.message, evidence: evidence), at: layer, on: loop)
    }

    /// Ends the exchange and its connection: what has failed may be the very reason, and the next must not meet it again.
    func end(_ failure: Failure, at layer: Layer, on loop: isolated EventLoop) {
        guard let run else { return }
        let partial = session?.answer.answer
        let result = HTTPExchangeResult(
            ending: .failed(HTTPExchangeFailure(failure, at: layer), partial: partial),
            phases: run.stage == .waiting ? phases(of: run, at: loop.kernel.now) : run.phases,
            address: peerText,
            tls: stream.tlsFacts,
            isReused: run.isReused
        )
        closeConnection(on: loop)
        tell(result, on: loop)
    }

    /// Hands the result over; the exchange is then over.
    func tell(_ result: HTTPExchangeResult, on loop: isolated EventLoop) {
        guard let run else { return }
        run.forgetDeadline(on: loop)
        self.run = nil
        run.observer?.exchanged(result, token: run.token, on: loop)
    }
}

extension HTTP2Exchange: TimerHandler {
    /// The deadline has come; what a late loop has not been told of yet is looked at first.
    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard let run, run.timer == timer else { return }
        run.timer = nil
        let limit = run.limit
        switch run.stage {
        case .checking:
            closeConnection(on: loop)
            return tell(run.unresolved(stream.connection.host, by: resolver, on: loop), on: loop)
        // The connection has the same deadline, and tells by itself.
        case .connecting: return
        case .securing, .waiting: break
        }
        stream.readPending(on: loop)
        // The observer may have begun another.
        guard self.run === run else { return }
        guard run.stage != .securing else {
            run.phases.tls = stream.handshakeDuration(at: loop.kernel.now)
            let message = "connected, but no TLS session within \(limit.readable)"
            return end(Failure(.timeout, message, evidence: Evidence(phase: .tls)), at: .l6Timeout, on: loop)
        }
        let what = phase == .transfer ? "answer not complete" : "connected, but no answer"
        fail((.timeout, "\(what) within \(limit.readable)"), on: loop)
    }
}
