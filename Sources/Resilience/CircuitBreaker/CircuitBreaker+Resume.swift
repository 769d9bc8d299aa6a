// SPDX-License-Identifier: Apache-2.0

extension CircuitBreaker {
    /// Lets a closed breaker go on counting failures in a row where an earlier run of the program has stopped.
    ///
    /// One failure below the threshold is the most: the failure that opens it is one that this run has seen. Does nothing unless the
    /// breaker is closed and has counted none.
    package func resume(consecutiveFailures: Int) {
        let now = now
        withCore { core in
            core.advance(to: now)
            guard core.state == .closed, core.consecutiveFailures == 0 else { return }
            let threshold = core.configuration.failureThreshold
            core.consecutiveFailures = max(0, threshold > 0 ? min(consecutiveFailures, threshold - 1) : 0)
        }
    }
}
