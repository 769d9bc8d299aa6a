// SPDX-License-Identifier: Apache-2.0

/// Keeps a credential fresh: one refresh at a time, before it expires, and the old one stays in use until the new one is there.
///
/// ```swift
/// let token = CredentialRefresher(refreshBefore: .seconds(60)) { old in
///     let answer = try await login()
///     return (answer.token, .seconds(answer.expiresIn))
/// }
/// request.headers["Authorization"] = "Bearer \(try await token.credential())"
/// ```
///
/// A refresh that fails while the old credential is valid is tried again after a pause; callers do not notice. A refresh is a task
/// of its own: a caller that is cancelled does not take it along.
public final class CredentialRefresher<Credential: Sendable>: Sendable {
    private let fetch: @Sendable (Credential?) async throws -> (credential: Credential, validFor: Duration)
    private let waitLimit: Duration
    private let fetchTimeout: Duration
    private let time: TimeSource
    private let core: Locked<CredentialCore<Credential>>

    /// Makes a refresher without a credential.
    ///
    /// - Parameters:
    ///   - refreshBefore: how long before its expiry a credential is replaced; not negative; default 60 s.
    ///   - retryAfter: the pause after a refresh that has failed; more than zero; default 1 s.
    ///   - waitLimit: the longest a caller without a valid credential waits; a nearer deadline shortens it; default 30 s.
    ///   - fetchTimeout: the longest one refresh may take; more than zero; default 30 s. One that takes longer is cancelled and left
    ///     behind, and counts as failed: a login that hangs does not keep the next one from being tried.
    ///   - time: the monotonic time; default `ContinuousClock`.
    ///   - fetch: gets a new credential and how long it is valid; it is given the old one.
    public init(
        refreshBefore: Duration = .seconds(60),
        retryAfter: Duration = .seconds(1),
        waitLimit: Duration = .seconds(30),
        fetchTimeout: Duration = .seconds(30),
        time: TimeSource = TimeSource(),
        fetch: @escaping @Sendable (Credential?) async throws -> (credential: Credential, validFor: Duration)
    ) {
        precondition(refreshBefore >= .zero, "\(refreshBefore) before the expiry is negative")
        precondition(retryAfter > .zero, "a pause of \(retryAfter) is not longer than zero")
        precondition(waitLimit > .zero, "a wait of \(waitLimit) is not longer than zero")
        precondition(fetchTimeout > .zero, "a refresh of at most \(fetchTimeout) is not longer than zero")
        self.fetch = fetch
        self.fetchTimeout = fetchTimeout
        self.waitLimit = waitLimit
        self.time = time
        core = Locked(CredentialCore(refreshBefore: refreshBefore, retryAfter: retryAfter))
    }

    /// A valid credential: at once while there is one, otherwise after the refresh that is under way.
    ///
    /// - Returns: the credential.
    /// - Throws: ``CredentialError``.
    nonisolated(nonsending) public func credential() async throws(CredentialError) -> Credential {
        let waiter = Waiter<Result<Credential, CredentialError>>()
        let now = time.now()
        let (decision, startsRefresh) = core.withLock { $0.ask(waiter, now: now) }
        if startsRefresh { startRefresh() }
        let ticket: UInt64
        switch decision {
        case .use(let credential): return credential
        case .fail(let error): throw error
        case .wait(let queued): ticket = queued
        }
        let end = Deadline.instant(on: time, now: now, limit: waitLimit) ?? now
        switch await waiter.outcome(until: end, time) {
        case .granted(let result):
            return try result.get()
        case .timedOut:
            core.withLock { $0.giveUp(ticket) }
            throw .timedOut(after: max(end - now, .zero))
        case .cancelled:
            core.withLock { $0.giveUp(ticket) }
            throw .cancelled
        }
    }

    /// Says that the other side has refused the credential in use: the next call gets a new one.
    ///
    /// - Parameter isRefused: whether the credential in use is the one that was refused; a newer one is left alone.
    public func invalidate(where isRefused: (Credential) -> Bool) {
        guard let current = core.withLock({ $0.current }), isRefused(current.credential) else { return }
        core.withLock { $0.invalidate(generation: current.generation) }
    }

    private func startRefresh() {
        // Owned by this object, which it keeps alive: it ends with one call of `fetch`, or when the time for that is up. It is detached, because neither the
        // deadline nor the cancellation of the caller that noticed the need applies to it.
        Task.detached { [self] in
            let old = core.withLock { $0.current?.credential }
            let result: Result<(credential: Credential, validFor: Duration), FailureCause.Wrapped>
            do throws(TimeoutError<any Error>) {
                result = .success(
                    try await withTimeout(fetchTimeout, mode: .abandon(), time: time) { [fetch] in try await fetch(old)
                    }
                )
            } catch {
                let cause = if case .operation(let cause) = error { cause } else { error as any Error }
                result = .failure(FailureCause.Wrapped(cause: FailureCause(cause)))
            }
            let now = time.now()
            let (waiters, answer) = core.withLock { $0.didRefresh(result, now: now) }
            for waiter in waiters { _ = waiter.answer(.granted(answer)) }
        }
    }
}
