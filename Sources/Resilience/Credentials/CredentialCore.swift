// SPDX-License-Identifier: Apache-2.0

/// When to refresh and whom to answer, without a lock or a clock.
struct CredentialCore<Credential: Sendable>: Sendable {
    typealias Answer = Result<Credential, CredentialError>

    struct Current: Sendable {
        var credential: Credential
        var generation: Int
        var expiresAt: Duration
        var isRefused = false
    }

    enum Decision: Sendable {
        case use(Credential)
        case wait(ticket: UInt64)
        case fail(CredentialError)
    }

    /// The callers that wait at the same time.
    private var maximumWaiting: Int { 10_000 }
    private let refreshBefore: Duration
    private let retryAfter: Duration
    private(set) var current: Current?
    private var isRefreshing = false
    private var notBefore: Duration?
    private var lastFailure: FailureCause?
    private var queue = TicketQueue<Waiter<Answer>>()

    init(refreshBefore: Duration, retryAfter: Duration) {
        self.refreshBefore = refreshBefore
        self.retryAfter = retryAfter
    }

    /// Answers a caller, and says whether a refresh has to be started.
    mutating func ask(_ waiter: Waiter<Answer>, now: Duration) -> (Decision, startsRefresh: Bool) {
        if let current, !current.isRefused, now < current.expiresAt {
            let isDue = now >= current.expiresAt - refreshBefore
            return (.use(current.credential), isDue && startRefresh(now: now))
        }
        if !isRefreshing, let notBefore, now < notBefore, let lastFailure {
            return (.fail(.refreshFailed(lastFailure)), false)
        }
        guard queue.count < maximumWaiting else { return (.fail(.tooManyWaiting), false) }
        let starts = startRefresh(now: now)
        return (.wait(ticket: queue.append(waiter)), starts)
    }

    mutating func giveUp(_ ticket: UInt64) {
        _ = queue.remove(ticket)
    }

    /// Marks the credential of this generation as refused.
    mutating func invalidate(generation: Int) {
        guard current?.generation == generation else { return }
        current?.isRefused = true
    }

    /// Takes the result of a refresh, and says whom to answer what.
    mutating func didRefresh(
        _ result: Result<(credential: Credential, validFor: Duration), FailureCause.Wrapped>,
        now: Duration
    ) -> (waiters: [Waiter<Answer>], answer: Answer) {
        isRefreshing = false
        let answer: Answer
        switch result {
        case .success(let fresh):
            current = Current(
                credential: fresh.credential,
                generation: (current?.generation ?? 0) + 1,
                expiresAt: now + fresh.validFor
            )
            notBefore = nil
            lastFailure = nil
            answer = .success(fresh.credential)
        case .failure(let wrapped):
            notBefore = now + retryAfter
            lastFailure = wrapped.cause
            answer = .failure(.refreshFailed(wrapped.cause))
        }
        var waiters: [Waiter<Answer>] = []
        while let waiter = queue.popFirst() { waiters.append(waiter) }
        return (waiters, answer)
    }

    private mutating func startRefresh(now: Duration) -> Bool {
        guard !isRefreshing, notBefore.map({ now >= $0 }) ?? true else { return false }
        isRefreshing = true
        return true
    }
}
