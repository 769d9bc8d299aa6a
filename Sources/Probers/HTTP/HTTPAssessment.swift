// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Says what the result of one exchange means for an HTTP probe.
///
/// The conditions are checked in the order in which they explain most: whether an answer came at all, its status, its
/// fields, its body, how long the server's certificate lasts, its speed. The first that does not hold is the one that is told.
///
/// A class, because a call on a value of this size copies all of it.
package final class HTTPAssessment {
    private let expectation: HTTPExpectation
    /// The first of its statuses, at hand because most answers have one of them.
    private let usualStatuses: ClosedRange<Int>
    private let slow: Duration?
    private let answer: AnswerCheck
    private let expiry: CertificateExpiryCheck

    package init(
        expectation: HTTPExpectation,
        slow: Duration?,
        answer: AnswerCheck,
        expiry: CertificateExpiryCheck = CertificateExpiryCheck(CertificateExpiry())
    ) {
        self.expectation = expectation
        usualStatuses = expectation.statuses.first ?? 0...0
        self.slow = slow
        self.answer = answer
        self.expiry = expiry
    }

    /// The outcome of an exchange that started at `start`, took `duration` and ended at `time`.
    ///
    /// - Parameters:
    ///   - result: what came of the exchange.
    ///   - start: when it started.
    ///   - duration: how long it took.
    ///   - stall: how much of that the loop did not look, for which no answer is called slow.
    ///   - time: when it ended; asked for only where a certificate is looked at.
    /// - Returns: what it proves.
    package func outcome(
        of result: HTTPExchangeResult,
        startedAt start: MonotonicInstant,
        took duration: Duration,
        stalled stall: Duration = .zero,
        at time: @autoclosure () -> WallTime
    ) -> Outcome {
        var (verdict, layer, failure) = judge(result, took: duration - stall, at: time)
        if !result.redirects.isEmpty { failure?.evidence.redirects = result.redirects }
        return Outcome(
            verdict: verdict,
            layer: layer,
            failure: failure,
            startedAt: start,
            duration: duration,
            phases: result.phases,
            address: result.address,
            observed: observed(of: result)
        )
    }

    private func observed(of result: HTTPExchangeResult) -> Observed {
        switch result.ending {
        case .answered(let answer): Observed(httpStatus: answer.status, httpVersion: answer.version, tls: result.tls)
        case .failed(_, let partial):
            Observed(httpStatus: partial?.status, httpVersion: partial?.version, tls: result.tls)
        }
    }

    private func judge(
        _ result: HTTPExchangeResult,
        took duration: Duration,
        at time: () -> WallTime
    ) -> (Verdict, Layer, Failure?) {
        switch result.ending {
        case .failed(let end, _):
            return (end.failure.reason == .internal ? .unknown : .unhealthy, end.layer, end.failure)
        case .answered(let answer):
            if let failure = statusFailure(answer) {
                return (.unhealthy, failure.reason == .status ? .l7Status : .l7Response, failure)
            }
            if let (reason, message) = self.answer.failure(of: answer) {
                let isOurs = reason == .internal
                return (isOurs ? .unknown : .unhealthy, isOurs ? .l7OK : .l7Status, failure(reason, message, answer))
            }
            if let tls = result.tls, let finding = expiry.finding(on: tls, at: time()) {
                return (finding.verdict, finding.verdict == .unhealthy ? .l6Response : .l7OK, finding.failure)
            }
            if let slow, duration > slow {
                let message = "\(answer.status) in \(duration.readable), slower than \(slow.readable)"
                return (.degraded, .l7OK, Failure(.timeout, message))
            }
            return (.healthy, .l7OK, nil)
        }
    }

    private func statusFailure(_ answer: HTTPAnswer) -> Failure? {
        if usualStatuses.contains(answer.status) { return nil }
        guard !expectation.statuses.contains(where: { $0.contains(answer.status) }) else { return nil }
        guard (100...599).contains(answer.status) else {
            return failure(.protocolError, "status \(answer.status) is not between 100 and 599", answer)
        }
        let accepted = expectation.statuses.map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
        }
        return failure(.status, "\(answer.status), expected \(accepted.joined(separator: ", "))", answer)
    }

    private func failure(_ reason: FailureReason, _ message: String, _ answer: HTTPAnswer) -> Failure {
        Failure(reason, message, evidence: Evidence(excerpt: Excerpt.text(of: answer.body)))
    }
}
