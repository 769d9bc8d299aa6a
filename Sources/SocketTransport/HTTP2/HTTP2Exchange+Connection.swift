// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import TransportSecurity

/// The way of an exchange to its connection.
extension HTTP2Exchange {
    /// Opens a connection for the exchange under way, within what is left of its time.
    func openConnection(on loop: isolated EventLoop) {
        closeConnection(on: loop)
        guard let run else { return }
        run.forgetDeadline(on: loop)
        run.stage = .connecting
        run.isReused = false
        run.answeredAt = nil
        stream.open(by: run.deadline, for: self, on: loop)
    }

    /// Closes the connection, and lets go of what was spoken on it.
    func closeConnection(on loop: isolated EventLoop) {
        stream.close(on: loop)
        session = nil
    }

    /// Begins the handshake on the connection that has just been opened.
    private func secure(_ profile: TLSProfile, on loop: isolated EventLoop) {
        run?.stage = .securing
        run?.watchDeadline(for: self, on: loop)
        do throws(TLSSetupProblem) {
            try stream.startTLS(profile, naming: request.tls.serverName, offering: Self.offer, on: loop)
        } catch {
            end(Failure(.internal, error.text, evidence: Evidence(phase: .tls)), at: .l6Response, on: loop)
        }
    }

    /// Begins HTTP/2 on the connection, and sends the request along.
    private func begin(on loop: isolated EventLoop) {
        idleBytes = 0
        session = HTTP2Session()
        guard session != nil else {
            return end(Failure(.internal, "no memory for HTTP/2", evidence: Evidence()), at: .l7Response, on: loop)
        }
        send(on: loop)
    }
}

extension HTTP2Exchange: ResolutionObserver {
    func resolved(_ answer: ResolutionAnswer, token: UInt64, on loop: isolated EventLoop) {
        guard let run, run.stage == .checking, token == question else { return }
        loop.trace?.note(.dns, "\(stream.connection.host): \(answer.summary)", at: loop.kernel.now)
        if case .addresses(let addresses) = answer, let peer, addresses.contains(peer), stream.isOpen {
            return send(on: loop)
        }
        openConnection(on: loop)
    }
}

extension HTTP2Exchange: ByteStreamObserver {
    func streamOpened(_ stream: ByteStream, _ report: ConnectReport, on loop: isolated EventLoop) {
        guard let run else { return closeConnection(on: loop) }
        run.phases = report.phases
        // The turn may have begun before the exchange did.
        run.phases.connect = report.phases.connect.map { min($0, run.startedAt.duration(to: loop.kernel.now)) }
        if let address = report.address, address != peer {
            peer = address
            peerText = address.description
        }
        guard let failure = report.failure else {
            if let profile { return secure(profile, on: loop) }
            return begin(on: loop)
        }
        let ending = HTTPExchangeResult.Ending.failed(HTTPExchangeFailure(failure, at: report.layer), partial: nil)
        let address = report.address == nil ? nil : peerText
        tell(HTTPExchangeResult(ending: ending, phases: report.phases, address: address), on: loop)
    }

    func streamSecured(_ stream: ByteStream, on loop: isolated EventLoop) {
        run?.phases.tls = stream.handshakeDuration(at: loop.kernel.now)
        guard stream.hasChosen("h2") else {
            let message =
                stream.hasChosen("http/1.1") ? "speaks HTTP/1.1, not HTTP/2" : "does not agree to HTTP/2 (ALPN)"
            let failure = Failure(.protocolError, "the server \(message)", evidence: Evidence(phase: .tls))
            return end(failure, at: .l7Response, on: loop)
        }
        begin(on: loop)
    }

    func received(_ bytes: [UInt8], from stream: ByteStream, on loop: isolated EventLoop) {
        take(bytes, on: loop)
    }

    func streamEnded(_ stream: ByteStream, _ end: StreamEnd, on loop: isolated EventLoop) {
        lost(end, on: loop)
    }
}
