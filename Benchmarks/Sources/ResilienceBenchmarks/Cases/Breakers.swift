// SPDX-License-Identifier: Apache-2.0

import Resilience

private let closedName = "breaker: closed, acquire and succeed"
private let runName = "breaker: closed, run"

/// The circuit breaker, and its manager.
var breakers: [Benchmark] {
    [
        Benchmark(closedName, goal: .atMost(100), maximumAllocations: 0, guarding(breaker())),
        Benchmark(runName, goal: .atMost(100), maximumAllocations: 0, running(breaker())),
        closedAsyncRun("breaker: closed, asynchronous run", breaker()),
        Benchmark(
            "breaker: closed, run on two threads",
            goal: .times(runName, 1.5),
            maximumAllocations: 0,
            threads: 2,
            running(breaker())
        ),
        Benchmark(
            "breaker: closed, acquire and succeed on two threads",
            goal: .times(closedName, 1.5),
            maximumAllocations: 0,
            threads: 2,
            guarding(breaker())
        ),
        Benchmark(
            "breaker: closed, run on two threads, one breaker each",
            threads: 2,
            runningOneOf([breaker(), breaker()])
        ),
        failing("breaker: closed, every call fails", every: 1),
        failing("breaker: closed, every second call fails", every: 2),
        failing("breaker: closed, every tenth call fails", every: 10),
        Benchmark(
            "breaker: open, rejects",
            goal: .beyond(clockName, 30),
            maximumAllocations: 0,
            rejecting(breaker(state: .open))
        ),
        Benchmark("breaker: open with a cause, rejects", maximumAllocations: 0, rejecting(openedByFailure())),
        Benchmark("breaker: open, rejects on two threads", threads: 2, rejecting(breaker(state: .open))),
        Benchmark("breaker: closed, count window of 100", guarding(breaker(.init(window: .count(100))))),
        Benchmark(
            "breaker: closed, slow calls detected",
            guarding(breaker(.init(slowCallDuration: .seconds(2), slowCallRateThreshold: 0.5)))
        ),
        lookingUp(),
    ]
}

private func breaker(
    _ configuration: CircuitBreakerConfiguration = .init(),
    state: CircuitBreakerState = .closed
) -> CircuitBreaker {
    var configuration = configuration
    configuration.openDuration = .seconds(86_400)
    return CircuitBreaker(name: "benchmark", configuration: configuration, initialState: state)
}

private func guarding(_ breaker: CircuitBreaker) -> @Sendable (Int) -> Void {
    { operations in
        for _ in 0..<operations { succeed(breaker) }
    }
}

/// Every run takes the next breaker, so that threads that run at the same time share none.
private func runningOneOf(_ breakers: [CircuitBreaker]) -> @Sendable (Int) -> Void {
    let turn = Turn()
    return { operations in running(breakers[turn.next() % breakers.count])(operations) }
}

private func running(_ breaker: CircuitBreaker) -> @Sendable (Int) -> Void {
    { operations in
        for operation in 0..<operations {
            let value = try? breaker.run { operation }
            precondition(value == operation, "the breaker rejects")
        }
    }
}

private func succeed(_ breaker: CircuitBreaker) {
    switch breaker.tryAcquire() {
    case .admitted(let permit): permit.succeed()
    case .rejected(let rejection): preconditionFailure("\(rejection)")
    }
}

private func closedAsyncRun(_ name: String, _ breaker: CircuitBreaker) -> Benchmark {
    Benchmark(asynchronous: name, goal: .atMost(200), maximumAllocations: 0) { operations in
        for operation in 0..<operations {
            let value = try? await breaker.run { () async in operation }
            precondition(value == operation, "the breaker rejects")
        }
    }
}

/// The rules that the failures would meet are off, so the breaker stays closed.
private func failing(_ name: String, every period: Int) -> Benchmark {
    let breaker = breaker(.init(failureThreshold: 0, failureRateThreshold: nil))
    return Benchmark(name) { operations in
        for operation in 0..<operations {
            guard case .admitted(let permit) = breaker.tryAcquire() else { preconditionFailure("the breaker rejects") }
            if operation.isMultiple(of: period) { permit.fail() } else { permit.succeed() }
        }
    }
}

private func openedByFailure() -> CircuitBreaker {
    let breaker = breaker(.init(failureThreshold: 1))
    guard case .admitted(let permit) = breaker.tryAcquire() else { preconditionFailure("the breaker rejects") }
    permit.fail("connect: connection refused")
    return breaker
}

private func rejecting(_ breaker: CircuitBreaker) -> @Sendable (Int) -> Void {
    { operations in
        for _ in 0..<operations {
            if case .admitted = breaker.tryAcquire() { preconditionFailure("the breaker admits") }
        }
    }
}

private func lookingUp() -> Benchmark {
    let manager = CircuitBreakerManager()
    let names = (0..<100).map { "upstream-\($0)" }
    return Benchmark("manager: look up one of 100") { operations in
        for operation in 0..<operations { _ = manager.breaker(for: names[operation % names.count]) }
    }
}
