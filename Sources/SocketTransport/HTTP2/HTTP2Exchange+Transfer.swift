// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// How the request goes out and the answer comes in.
extension HTTP2Exchange {
    /// Sends the request on the open connection.
    func send(on loop: isolated EventLoop) {
        guard let run, let session else { return }
        let now = loop.kernel.now
        run.stage = .waiting
        run.sentAt = now
        run.watchDeadline(for: self, on: loop)
        idleBytes = 0
        guard
            session.request(run.fields, content: request.body ?? [], maximumPieceBytes: request.maximumBodyBytes)
        else {
            let failure = Failure(.internal, "HTTP/2 takes no such request", evidence: Evidence(phase: .firstByte))
            return end(failure, at: .l7Response, on: loop)
        }
        traceRequest(run.fields, on: loop)
        flush(session, on: loop)
    }

    /// Sends what HTTP/2 has to say; false when the connection was given up for it.
    @discardableResult
    private func flush(_ session: HTTP2Session, on loop: isolated EventLoop) -> Bool {
        let output = session.takeOutput()
        guard !output.isEmpty, !stream.write(output, on: loop) else { return true }
        // Only a peer that asks and asks without reading the answers gets here.
        if run?.stage == .waiting {
            fail((.protocolError, "the answer broke off: the server asks for more than it reads"), on: loop)
        } else {
            lost(.closed, on: loop)
        }
        return false
    }

    /// Works on what came from the server.
    func take(_ bytes: [UInt8], on loop: isolated EventLoop) {
        guard let session else { return }
        let before = session.answer.bodyLength
        session.receive(bytes)
        if session.answer.bodyLength > before { idleBytes = 0 } else { idleBytes += bytes.count }
        guard flush(session, on: loop) else { return }
        guard let run, run.stage == .waiting else {
            // A kept connection that the server gives up, or talks too much on, is of no more use.
            guard !session.takesRequests || idleBytes > Self.maximumIdleBytes else { return }
            closeConnection(on: loop)
            // Who waits for it has another opened.
            return self.run?.stage == .checking ? openConnection(on: loop) : ()
        }
        if run.answeredAt == nil, session.answer.hasStarted { run.answeredAt = loop.kernel.now }
        // Whether it ends or not: a stream whose deadline was lifted would stay for ever.
        if let refusal = session.answer.refusal { return fail(Self.verdict(on: refusal), on: loop) }
        tellParts(of: run, session, on: loop)
        guard self.run === run, self.session === session else { return }
        if let end = session.answer.end { return ended(end, session, on: loop) }
        guard session.isBroken || idleBytes > Self.maximumIdleBytes else { return }
        if mayRetry { return retry(on: loop) }
        let rule = session.isBroken ? session.complaint : "\(Self.maximumIdleBytes) bytes that are no answer"
        fail(broken(session, rule), on: loop)
    }

    /// Tells what of the answer has arrived and was not told yet; the observer may cancel.
    private func tellParts(of run: Run, _ session: HTTP2Session, on loop: isolated EventLoop) {
        if !run.hasBegun, let answer = session.answer.answer {
            run.hasBegun = true
            traceFields(answer.headers, after: "HTTP/2 \(answer.status)", on: loop)
            let result = HTTPExchangeResult(
                ending: .answered(answer),
                phases: phases(of: run, at: run.answeredAt ?? loop.kernel.now),
                address: peerText,
                tls: stream.tlsFacts,
                isReused: run.isReused
            )
            run.observer?.began(result, token: run.token, on: loop)
            guard self.run === run else { return }
        }
        let piece = session.answer.takePiece()
        if !piece.isEmpty { loop.trace?.received(piece, at: loop.kernel.now) }
        if !piece.isEmpty { run.observer?.received(piece, token: run.token, on: loop) }
    }
}
