// SPDX-License-Identifier: Apache-2.0

extension CircuitBreaker {
    /// Calls `operation` unless the breaker rejects the call.
    ///
    /// A value counts as a success and an error as a failure, unless the configuration classifies them; a thrown
    /// `CancellationError` counts as cancelled.
    ///
    /// - Parameter operation: the call to guard.
    /// - Returns: what `operation` returns.
    /// - Throws: ``CircuitBreakerError/open(retryAfter:rejection:)`` without calling `operation`, or
    ///   ``CircuitBreakerError/operation(_:)`` with its error.
    @inlinable
    public func run<Value, Failure: Error>(
        _ operation: () throws(Failure) -> Value
    ) throws(CircuitBreakerError<Failure>) -> Value {
        switch attempt() {
        case .rejected(let rejection):
            throw .open(retryAfter: rejection.retryAfter, rejection: rejection)
        case .admitted(let token):
            let value: Value
            do {
                value = try operation()
            } catch {
                settle(token, thrown: error, isCancelled: false)
                throw .operation(error)
            }
            settle(token, returned: value)
            return value
        }
    }

    /// Calls `operation` unless the breaker rejects the call.
    ///
    /// A value counts as a success and an error as a failure, unless the configuration classifies them. A thrown
    /// `CancellationError`, and any error in a task that has been cancelled, count as cancelled: a caller that has gone away says
    /// nothing about the dependency. So put a time limit inside the breaker, where its error is a failure.
    ///
    /// - Parameter operation: the call to guard; it runs on the caller's actor.
    /// - Returns: what `operation` returns.
    /// - Throws: ``CircuitBreakerError/open(retryAfter:rejection:)`` without calling `operation`, or
    ///   ``CircuitBreakerError/operation(_:)`` with its error.
    @inlinable
    nonisolated(nonsending) public func run<Value, Failure: Error>(
        _ operation: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(CircuitBreakerError<Failure>) -> Value {
        switch attempt() {
        case .rejected(let rejection):
            throw .open(retryAfter: rejection.retryAfter, rejection: rejection)
        case .admitted(let token):
            let value: Value
            do {
                value = try await operation()
            } catch {
                settle(token, thrown: error, isCancelled: Task.isCancelled)
                throw .operation(error)
            }
            settle(token, returned: value)
            return value
        }
    }

    @usableFromInline
    func settle<Value>(_ token: AdmissionToken, returned value: borrowing Value) {
        guard has(.classifier), let classify = configuration.classify else {
            settle(token, isFailure: false, cause: nil, duration: nil)
            return
        }
        settle(token, classify(.success(copy value)), cause: FailureCause("an unacceptable result"))
    }

    @usableFromInline
    func settle(_ token: AdmissionToken, thrown error: any Error, isCancelled: Bool) {
        let error = error.innermost
        if isCancelled || error is CancellationError {
            giveBack(token, isCancelled: true)
            return
        }
        guard has(.classifier), let classify = configuration.classify else {
            settle(token, isFailure: true, cause: FailureCause(error), duration: nil)
            return
        }
        settle(token, classify(.failure(error)), cause: FailureCause(error))
    }

    private func settle(_ token: AdmissionToken, _ verdict: CallVerdict, cause: FailureCause) {
        switch verdict {
        case .success: settle(token, isFailure: false, cause: nil, duration: nil)
        case .failure: settle(token, isFailure: true, cause: cause, duration: nil)
        case .ignored: giveBack(token, isCancelled: false)
        }
    }
}
