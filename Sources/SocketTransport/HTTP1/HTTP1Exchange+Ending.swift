// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

extension HTTP1Exchange {
    /// How an exchange ended.
    enum End {
        case answered
        case failed(Failure)
    }

    /// What the exchange is waiting for.
    var phase: Phase { reader.hasStarted ? .transfer : .firstByte }

    /// What is known of a failure now.
    func evidence(_ error: SystemError? = nil) -> Evidence {
        Evidence(phase: phase, systemError: error, excerpt: reader.excerpt.flatMap { Excerpt.text(of: $0) })
    }

    /// Ends the exchange with what is wrong with the answer.
    func fail(_ problem: HTTP1Problem, on loop: isolated EventLoop) {
        finish(.failed(Failure(problem.reason, problem.message, evidence: evidence())), keeps: false, on: loop)
    }

    /// Ends the exchange that has got as far as its request, and keeps the connection or closes it.
    ///
    /// - Parameters:
    ///   - end: how it ended.
    ///   - layer: how far it came, where that is not the answer.
    ///   - keeps: whether the connection may carry another exchange, as far as the caller knows.
    ///   - loop: the loop the observer is told on.
    func finish(_ end: End, at layer: Layer? = nil, keeps: Bool, on loop: isolated EventLoop) {
        guard let run else { return }
        let ending: HTTPExchangeResult.Ending
        var phases = run.phases
        let answeredAt = reader.hasStarted ? run.answeredAt : nil
        let begunAt = MonotonicInstant.later(run.sentAt, answeredAt ?? loop.now)
        phases.firstByte = run.sentAt.duration(to: begunAt)
        if let answeredAt { phases.transfer = begunAt.duration(to: .later(answeredAt, loop.now)) }
        let keeps = keeps && reader.keepsConnection && isKept
        switch end {
        case .answered:
            guard let answer = reader.takeAnswer() else { preconditionFailure("a whole answer without a status line") }
            ending = .answered(answer)
        case .failed(let failure):
            let isTimeout = failure.reason == .timeout
            let layer = layer ?? (isTimeout ? .l7Timeout : .l7Response)
            ending = .failed(HTTPExchangeFailure(failure, at: layer), partial: reader.takeAnswer())
        }
        let facts = security?.facts
        if !keeps { closeConnection(on: loop) }
        let result = HTTPExchangeResult(
            ending: consume ending,
            phases: phases,
            address: peerText,
            tls: facts,
            isReused: run.isReused
        )
        tell(result, on: loop)
    }

    /// Hands the result over; the exchange is then over.
    func tell(_ result: HTTPExchangeResult, on loop: isolated EventLoop) {
        guard let run else { return }
        let token = run.token
        let observer = end(run, on: loop)
        // Nothing of what was read is held until the next exchange.
        reader.reset()
        security?.fields = []
        observer?.exchanged(result, token: token, on: loop)
    }
}

extension HTTP1Exchange: TimerHandler {
    /// The deadline has come; what a late loop has not been told of yet is looked at first.
    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard let run, run.timer == timer else { return }
        run.timer = nil
        let limit = run.limit
        let generation = run.generation
        switch run.stage {
        case .checking:
            closeConnection(on: loop)
            return tell(run.unresolved(connection.host, by: resolver, on: loop), on: loop)
        // A retry: the connection has the same deadline, and tells by itself.
        case .connecting: return
        case .securing, .waiting: break
        }
        read(untilEnd: true, on: loop)
        // The observer may have begun another, which may have got the same run.
        guard self.run === run, run.generation == generation else { return }
        guard run.stage != .securing else { return endUnsecured(after: limit, on: loop) }
        let what = phase == .transfer ? "answer not complete" : "connected, but no answer"
        let failure = Failure(.timeout, "\(what) within \(limit.readable)", evidence: evidence())
        finish(.failed(failure), keeps: false, on: loop)
    }
}
