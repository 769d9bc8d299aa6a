// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// What belongs to one exchange from its start to its result, whatever version of HTTP carries it.
///
/// An object, because every step looks at it; one that serves for many exchanges, one after the other, is begun anew for each. What
/// a version needs besides is its subclass's.
class ExchangeRun {
    /// Where a run stands, on its way to the answer.
    enum Stage {
        /// A connection was kept, and its name is looked up again.
        case checking
        case connecting
        case securing
        case waiting
    }

    /// Who is told; nil when it is over.
    final private(set) var observer: (any HTTPExchangeObserver)?
    /// Counts the exchanges that it has served for.
    final private(set) var generation: UInt64 = 0
    /// Handed back with the result.
    final private(set) var token: UInt64 = 0
    /// When the exchange began.
    final private(set) var startedAt = MonotonicInstant(nanoseconds: 0)
    /// When it ends at the latest.
    final private(set) var deadline = MonotonicInstant(nanoseconds: 0)
    /// How far it has come.
    final var stage = Stage.connecting
    /// Whether it goes over a connection that was kept.
    final var isReused = false
    /// Whether it is sent for the second time.
    final var isRetry = false
    /// When the request was sent, or began to be.
    final var sentAt = MonotonicInstant(nanoseconds: 0)
    /// When the answer began.
    final var answeredAt: MonotonicInstant?
    /// Resolution, connection and TLS.
    final var phases = PhaseTimings()
    /// For the deadline.
    final var timer: TimerID?

    /// Begins anew; whatever was before is over.
    final func begin(
        from startedAt: MonotonicInstant,
        to deadline: MonotonicInstant,
        token: UInt64,
        for observer: any HTTPExchangeObserver
    ) {
        generation &+= 1
        self.startedAt = startedAt
        self.deadline = deadline
        self.token = token
        self.observer = observer
        stage = .connecting
        isReused = false
        isRetry = false
        sentAt = startedAt
        answeredAt = nil
        phases = PhaseTimings()
        timer = nil
    }

    /// Lets go of who is told, and gives it to whoever tells for the last time.
    final func end() -> (any HTTPExchangeObserver)? {
        defer { observer = nil }
        return observer
    }

    /// How long the exchange may take, up to the whole millisecond: what the scheduler and we spent before the start is noise in a
    /// message.
    final var limit: Duration {
        .milliseconds((startedAt.duration(to: deadline) / .milliseconds(1)).rounded(.up))
    }

    /// Sees to it that `handler` is told when the deadline comes, unless it will be anyway.
    final func watchDeadline(for handler: any TimerHandler, on loop: isolated EventLoop) {
        if timer == nil { timer = loop.schedule(handler, at: deadline) }
    }

    /// Lets nobody be told of the deadline.
    final func forgetDeadline(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
    }

    /// How it ends when the name has no answer, so that nobody knows whether the kept connection is still the right one.
    final func unresolved(
        _ host: String,
        by resolver: any Resolver,
        on loop: isolated EventLoop
    ) -> HTTPExchangeResult {
        let ours = resolver.ownDelay(of: host, on: loop)
        let message = ours ?? "cannot resolve \(host): no answer within \(limit.readable)"
        let failure = Failure(ours == nil ? .dns : .internal, message, evidence: Evidence(phase: .dns))
        let ending = HTTPExchangeResult.Ending.failed(HTTPExchangeFailure(failure, at: .l4Timeout), partial: nil)
        return HTTPExchangeResult(ending: ending, phases: PhaseTimings(dns: limit))
    }
}
