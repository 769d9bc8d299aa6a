// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension Outcome {
    /// How much later than its timeout a run may end before the loop is held responsible.
    static let toleratedDelay = Duration.milliseconds(250)

    /// Whether it blames a timeout on the target; only then lateness changes what it proves.
    var blamesTimeout: Bool { reason?.isTimeout ?? false }

    /// The same, without the time that the loop did not look: what it took of the target's is not known, so the target has the benefit.
    func relieved(of stall: Duration) -> Outcome {
        guard stall > .zero else { return self }
        var relieved = self
        relieved.duration = max(.zero, duration - stall)
        return relieved
    }

    /// The same, unless it blames a timeout on the target although the loop itself was late: then `internal`, because a stalled agent
    /// cannot tell.
    ///
    /// - Parameter timeout: the time that the run had.
    /// - Returns: what the run proves.
    func judged(timeout: Duration) -> Outcome {
        let excess = duration - timeout
        guard excess > Self.toleratedDelay else { return self }
        guard blamesTimeout, let failure else { return self }
        var judged = self
        var evidence = failure.evidence
        evidence.problem = .lateness
        judged.verdict = .unknown
        judged.failure = Failure(
            .internal,
            "the probe loop was late by \(excess.readable), so the timeout proves nothing",
            evidence: evidence
        )
        return judged
    }
}
