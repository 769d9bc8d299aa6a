// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import TransportSecurity

/// How an exchange over TLS ends when the connection or the session does.
extension HTTP1Exchange {
    /// The peer has ended its side, with TLS's farewell (close_notify) or without.
    ///
    /// Servers that leave it out are so many that no client insists on it; the answer's own length tells whether it is whole.
    func endedSecurely(_ security: HTTP1Security, on loop: isolated EventLoop) {
        guard let run else { return }
        if run.stage == .securing {
            let failure = security.session?.record.failure(nil) ?? Failure(.tlsHandshake, HandshakeRecord.closed)
            return failedSecurely(failure, security, on: loop)
        }
        if reader.isComplete { return finish(.answered, keeps: false, on: loop) }
        ended(on: loop)
    }

    /// The session is broken, or the peer has ended it with an alert.
    func failedSecurely(_ failure: Failure, _ security: HTTP1Security, on loop: isolated EventLoop) {
        guard let run else { return }
        if reader.isComplete, run.stage == .waiting { return finish(.answered, keeps: false, on: loop) }
        if mayRetry { return retry(on: loop) }
        var failure = failure
        guard run.stage == .waiting else {
            failure.evidence.phase = .tls
            return endUnsecured(failure, at: .l6Response, on: loop)
        }
        let evidence = evidence()
        failure.evidence.phase = evidence.phase
        failure.evidence.excerpt = evidence.excerpt
        // In TLS 1.3 a server refuses our certificate, or its lack, after our side of the handshake is done.
        let isHandshake = failure.reason == .tlsHandshake && !reader.hasStarted
        if reader.hasStarted {
            failure.reason = .protocolError
            failure.message = "the answer broke off: \(failure.message)"
        }
        finish(.failed(failure), at: isHandshake ? .l6Response : .l7Response, keeps: false, on: loop)
    }

    /// The connection is gone with an error.
    func brokenSecurely(_ error: SystemError, _ security: HTTP1Security, on loop: isolated EventLoop) {
        guard let run else { return }
        // An alert that came before says more.
        if !reader.hasStarted, let failure = security.session?.record.failure(nil) {
            return failedSecurely(failure, security, on: loop)
        }
        guard run.stage == .securing else { return broken(error, on: loop) }
        let (reason, message) = error.loss("during the TLS handshake")
        let failure = Failure(reason, message, evidence: Evidence(phase: .tls, systemError: error))
        endUnsecured(failure, at: reason == .timeout ? .l6Timeout : .l6Response, on: loop)
    }

    /// The peer has said far too much that is no part of an answer.
    func endTooTalkative(on loop: isolated EventLoop) {
        let message = "TLS broke: more than \(HTTP1Security.maximumIdleBytes) bytes that are no answer"
        guard run?.stage == .waiting else {
            let failure = Failure(.tlsHandshake, message, evidence: Evidence(phase: .tls))
            return endUnsecured(failure, at: .l6Response, on: loop)
        }
        finish(.failed(Failure(.protocolError, message, evidence: evidence())), keeps: false, on: loop)
    }
}
