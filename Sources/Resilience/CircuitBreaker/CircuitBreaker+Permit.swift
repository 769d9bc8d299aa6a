// SPDX-License-Identifier: Apache-2.0

extension CircuitBreaker {
    /// What `tryAcquire()` answers.
    public enum Admission: ~Copyable, Sendable {
        /// The call may go ahead; settle the permit when it has ended.
        case admitted(Permit)
        /// The call must not be made.
        case rejected(Rejection)
    }

    /// The right to make one call, and the duty to say how it ended.
    ///
    /// It is settled at most once, because settling consumes it. A permit that goes away unsettled, for whatever reason, gives
    /// its slot back as cancelled: it cannot leak. A permit from before the last transition is stale and changes nothing.
    ///
    /// To keep one across an asynchronous call, store it as `Permit?` and settle `permit.take()`.
    public struct Permit: ~Copyable, Sendable {
        private let breaker: CircuitBreaker
        private let token: AdmissionToken
        private var isSettled = false

        init(_ breaker: CircuitBreaker, _ token: AdmissionToken) {
            self.breaker = breaker
            self.token = token
        }

        deinit {
            if !isSettled { breaker.giveBack(token, isCancelled: true) }
        }

        /// The call succeeded.
        ///
        /// - Parameter duration: how long it took; nil takes the time since its admission.
        public consuming func succeed(after duration: Duration? = nil) {
            isSettled = true
            breaker.settle(token, isFailure: false, cause: nil, duration: duration)
        }

        /// The call failed.
        ///
        /// - Parameters:
        ///   - cause: what happened; shown in the snapshot, the events and the rejections.
        ///   - duration: how long it took; nil takes the time since its admission.
        public consuming func fail(_ cause: FailureCause? = nil, after duration: Duration? = nil) {
            isSettled = true
            breaker.settle(token, isFailure: true, cause: cause, duration: duration)
        }

        /// The call failed, in words.
        ///
        /// - Parameters:
        ///   - message: what happened; cut at ``FailureCause/maximumTextBytes``.
        ///   - duration: how long it took; nil takes the time since its admission.
        public consuming func fail(_ message: String, after duration: Duration? = nil) {
            fail(FailureCause(message), after: duration)
        }

        /// The call says nothing about the dependency: the slot is given back and counted as ignored.
        public consuming func ignore() {
            isSettled = true
            breaker.giveBack(token, isCancelled: false)
        }

        /// The call was called off: the slot is given back and counted as cancelled, as if the permit were dropped.
        public consuming func cancel() {
            isSettled = true
            breaker.giveBack(token, isCancelled: true)
        }

        /// Settles with a verdict.
        ///
        /// - Parameters:
        ///   - verdict: what the call counts as.
        ///   - cause: what happened, for a failure.
        public consuming func settle(_ verdict: CallVerdict, cause: FailureCause? = nil) {
            switch verdict {
            case .success: succeed()
            case .failure: fail(cause)
            case .ignored: ignore()
            }
        }
    }
}
