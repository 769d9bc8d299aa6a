// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import TransportSecurity

/// The way of an exchange over TLS, from the open connection to the request, and to who takes over.
extension HTTP1Exchange {
    /// Begins the handshake on the connection that has just been opened.
    func secure(_ security: HTTP1Security, on loop: isolated EventLoop) {
        let now = loop.kernel.now
        reader.reset()
        run?.stage = .securing
        run?.watchDeadline(for: self, on: loop)
        security.startedAt = now
        security.idleBytes = 0
        loop.trace?.note(.tls, "handshake begins", at: now)
        do throws(TLSSetupProblem) {
            let context = try security.profile.context()
            let session = try TLSFilter(
                context,
                host: security.serverName,
                offering: security.offer,
                through: security.pipe,
                resuming: security.ticket,
                at: now
            )
            security.session = session
        } catch {
            let failure = Failure(.internal, error.text, evidence: Evidence(phase: .tls))
            return endUnsecured(failure, at: .l6Response, on: loop)
        }
        // Says hello.
        guard decipher(0, security, on: loop) else { return }
        // The event that told of the connection may have told of the first bytes of a peer that speaks before it is asked.
        readSecurely(untilEnd: false, on: loop)
    }

    /// The handshake is done; false when the exchange has gone on elsewhere.
    func secured(_ session: TLSFilter, _ security: HTTP1Security, on loop: isolated EventLoop) -> Bool {
        let now = loop.kernel.now
        run?.phases.tls = security.startedAt.duration(to: now)
        loop.trace?.note(.tls, session.record.facts?.agreement ?? "agreed", at: now)
        guard !session.hasChosen("h2") else {
            handOver(security, on: loop)
            return false
        }
        // Goes out together with the end of the handshake.
        run?.stage = .waiting
        run?.sentAt = now
        encipherRequest(session, on: loop)
        return true
    }

    /// Sends the request under way on the session of a kept connection.
    func writeSecurely(_ security: HTTP1Security, on loop: isolated EventLoop) {
        guard let session = security.session else { return }
        security.idleBytes = 0
        encipherRequest(session, on: loop)
        flushSecurely(security, on: loop)
    }

    private func encipherRequest(_ session: TLSFilter, on loop: isolated EventLoop) {
        guard let bytes = run?.bytes else { return }
        loop.trace?.sent(bytes, at: loop.kernel.now)
        session.encipher(bytes)
    }

    /// The server wants HTTP/2: this request, and each one after it, is carried by who speaks that.
    private func handOver(_ security: HTTP1Security, on loop: isolated EventLoop) {
        guard let run else { return }
        loop.trace?.note(.tls, "the server chose HTTP/2: a connection for that follows", at: loop.kernel.now)
        let (deadline, token) = (run.deadline, run.token)
        guard let observer = end(run, on: loop) else { return }
        closeConnection(on: loop)
        let successor = security.other.prepare(security.request, on: loop)
        security.successor = successor
        successor.start(
            deadline: deadline,
            adding: security.fields,
            token: token,
            for: observer,
            on: loop
        )
    }

    /// Ends the exchange within its handshake.
    func endUnsecured(_ failure: Failure, at layer: Layer, on loop: isolated EventLoop) {
        guard let run, let security else { return }
        var phases = run.phases
        phases.tls = security.startedAt.duration(to: loop.kernel.now)
        let ending = HTTPExchangeResult.Ending.failed(HTTPExchangeFailure(failure, at: layer), partial: nil)
        let facts = security.facts
        closeConnection(on: loop)
        tell(HTTPExchangeResult(ending: ending, phases: phases, address: peerText, tls: facts), on: loop)
    }

    /// Ends the exchange because the handshake was not done by its deadline.
    func endUnsecured(after limit: Duration, on loop: isolated EventLoop) {
        let message = "connected, but no TLS session within \(limit.readable)"
        endUnsecured(Failure(.timeout, message, evidence: Evidence(phase: .tls)), at: .l6Timeout, on: loop)
    }

    /// Closes the connection, and lets go of its session.
    func closeConnection(on loop: isolated EventLoop) {
        connection.close(on: loop)
        security?.endSession()
    }
}
