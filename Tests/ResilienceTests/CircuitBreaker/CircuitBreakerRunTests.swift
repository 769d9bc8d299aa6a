// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

/// What a supervisor says of an operation that broke down.
private struct Crash: Error, Equatable {
    let signal: Int
}

@Suite("Circuit breaker: guarded calls")
struct CircuitBreakerRunTests {
    enum Trouble: Error { case refused, unimportant }

    @Test("a value is returned and counts as a success")
    func value() throws {
        let script = BreakerScript(.consecutive(2)).play("F")
        #expect(try script.breaker.run { 7 } == 7)
        #expect(script.snapshot.consecutiveFailures == 0)
        #expect(script.snapshot.totals.succeeded == 1)
    }

    @Test("an error is passed on with its type and counts as a failure")
    func error() {
        let script = BreakerScript(.consecutive(2))
        do throws(CircuitBreakerError<Trouble>) {
            try script.breaker.run { () throws(Trouble) in throw .refused }
            Issue.record("returned")
        } catch {
            #expect(error.operationError == .refused)
        }
        #expect(script.snapshot.lastFailure?.description == "refused")
        #expect(script.snapshot.lastFailure?.error is Trouble)
    }

    @Test(
        "an error that tells of a crash counts as a failure and is passed on as it is (row 63)",
        .timeLimit(.minutes(1)),
        arguments: [true, false]
    )
    func crash(isAsynchronous: Bool) async {
        let script = BreakerScript(.consecutive(1))
        let error = isAsynchronous ? await crashLater(script.breaker) : crash(script.breaker)
        #expect(error == Crash(signal: 11))
        #expect(script.state == .open)
        #expect(script.snapshot.totals.failed == 1)
        #expect(script.snapshot.inFlight == 0)
        #expect(script.snapshot.lastFailure?.error as? Crash == Crash(signal: 11))
    }

    private func crash(_ breaker: CircuitBreaker) -> Crash? {
        do throws(CircuitBreakerError<Crash>) {
            try breaker.run { () throws(Crash) in throw Crash(signal: 11) }
            return nil
        } catch {
            return error.operationError
        }
    }

    private func crashLater(_ breaker: CircuitBreaker) async -> Crash? {
        do throws(CircuitBreakerError<Crash>) {
            try await breaker.run { () async throws(Crash) in
                await Task.yield()
                throw Crash(signal: 11)
            }
            return nil
        } catch {
            return error.operationError
        }
    }

    @Test("an open breaker does not call the operation and says when to come back")
    func rejected() {
        let script = BreakerScript(.consecutive(1)).play("F +1000")
        do {
            let value = try script.breaker.run { 7 }
            Issue.record("the operation was called and returned \(value)")
        } catch {
            guard case .open(let retryAfter, let rejection) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(retryAfter == .seconds(4))
            #expect(rejection.description == "open for another 4 s: refused")
        }
    }

    @Test("asynchronous calls are guarded in the same way")
    func asynchronous() async throws {
        let script = BreakerScript(.consecutive(1))
        #expect(
            try await script.breaker.run {
                await Task.yield(); return 7
            } == 7
        )
        await #expect(throws: CircuitBreakerError<any Error>.self) {
            try await script.breaker.run { () async throws in
                await Task.yield()
                throw Trouble.refused
            }
        }
        #expect(script.state == .open)
    }

    @Test("a cancellation is neither success nor failure")
    func cancellationError() {
        let script = BreakerScript(.consecutive(1))
        #expect(throws: CircuitBreakerError<CancellationError>.self) {
            try script.breaker.run { () throws(CancellationError) in throw CancellationError() }
        }
        #expect(script.state == .closed)
        #expect(script.snapshot.totals.cancelled == 1)
        #expect(script.snapshot.totals.failed == 0)
    }

    @Test("any error of a task that was cancelled counts as cancelled", .timeLimit(.minutes(1)))
    func cancelledTask() async {
        let script = BreakerScript(.consecutive(1))
        let breaker = script.breaker
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await breaker.run { () async throws in throw Trouble.refused }
        }
        _ = await task.result
        #expect(script.state == .closed)
        #expect(script.snapshot.totals.cancelled == 1)
    }

    @Test("results and errors are classified by the configuration")
    func classify() throws {
        let configuration = CircuitBreakerConfiguration.consecutive(2).with {
            $0.classify = { result in
                switch result {
                case .success(let value): value as? Int == 500 ? .failure : .success
                case .failure(Trouble.unimportant): .ignored
                case .failure: .failure
                }
            }
        }
        let script = BreakerScript(configuration)
        #expect(try script.breaker.run { 200 } == 200)
        #expect(try script.breaker.run { 500 } == 500)
        _ = try? script.breaker.run { () throws(Trouble) in throw .unimportant }
        let totals = script.snapshot.totals
        #expect(totals.succeeded == 1)
        #expect(totals.failed == 1)
        #expect(totals.ignored == 1)
        #expect(script.snapshot.lastFailure?.description == "an unacceptable result")
    }

    @Test(
        "a permit can be kept in an object across asynchronous work and settled with a message",
        .timeLimit(.minutes(1))
    )
    func keptPermit() async throws {
        let script = BreakerScript(.consecutive(1))
        guard case .admitted(let permit) = script.breaker.tryAcquire() else {
            Issue.record("rejected")
            return
        }
        let holder = PermitHolder(permit)
        await Task.yield()
        #expect(script.snapshot.inFlight == 1)
        let taken = holder.take()
        taken?.fail("connect refused")
        let isEmpty = holder.take() == nil
        #expect(isEmpty)
        #expect(script.state == .open)
        #expect(script.snapshot.inFlight == 0)
        #expect(script.snapshot.lastFailure?.description == "connect refused")
    }

    @Test("an object that goes away with its permit gives the slot back")
    func droppedHolder() {
        let script = BreakerScript(.consecutive(1)).play("F +5000")
        do {
            guard case .admitted(let permit) = script.breaker.tryAcquire() else {
                Issue.record("rejected")
                return
            }
            let holder = PermitHolder(permit)
            withExtendedLifetime(holder) { _ = script.play("A!") }
        }
        script.play("A")
        #expect(script.snapshot.totals.cancelled == 1)
    }

    @Test("a long message is cut, also in the middle of wide characters")
    func longMessage() {
        let script = BreakerScript(.consecutive(5))
        guard case .admitted(let permit) = script.breaker.tryAcquire() else {
            Issue.record("rejected")
            return
        }
        permit.fail(String(repeating: "é", count: 10_000))
        let text = script.snapshot.lastFailure?.description ?? ""
        #expect(text.utf8.count <= FailureCause.maximumTextBytes)
        #expect(text.hasSuffix("é…"))
    }
}
