// SPDX-License-Identifier: Apache-2.0

import Resilience

private let closedName = "breaker: closed, acquire and succeed"

/// The circuit breaker, and its manager.
var breakers: [Benchmark] {
    [
        Benchmark(closedName, goal: .atMost(100), maximumAllocations: 0, guarding(breaker())),
        closedRun("breaker: closed, run", breaker()),
        closedAsyncRun("breaker: closed, asynchronous run", breaker()),
        failing(breaker(.init(failureThreshold: 0, failureRateThreshold: nil))),
        rejecting(breaker(state: .open)),
        Benchmark(
            "breaker: closed, on two threads",
            goal: .times(closedName, 1.5),
            maximumAllocations: 0,
            threads: 2,
            guarding(breaker())
        ),
        Benchmark(
            "breaker: closed, two threads on one each",
            threads: 2,
            guardingOneOf([breaker(), breaker()])
        ),
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
private func guardingOneOf(_ breakers: [CircuitBreaker]) -> @Sendable (Int) -> Void {
    let turn = Turn()
    return { operations in
        let breaker = breakers[turn.next() % breakers.count]
        for _ in 0..<operations { succeed(breaker) }
    }
}

private func succeed(_ breaker: CircuitBreaker) {
    switch breaker.tryAcquire() {
    case .admitted(let permit): permit.succeed()
    case .rejected(let rejection): preconditionFailure("\(rejection)")
    }
}

private func closedRun(_ name: String, _ breaker: CircuitBreaker) -> Benchmark {
    Benchmark(name, goal: .atMost(100), maximumAllocations: 0) { operations in
        for operation in 0..<operations {
            let value = try? breaker.run { operation }
            precondition(value == operation, "the breaker rejects")
        }
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

private func failing(_ breaker: CircuitBreaker) -> Benchmark {
    Benchmark("breaker: closed, acquire and fail") { operations in
        for _ in 0..<operations {
            switch breaker.tryAcquire() {
            case .admitted(let permit): permit.fail()
            case .rejected(let rejection): preconditionFailure("\(rejection)")
            }
        }
    }
}

private func rejecting(_ breaker: CircuitBreaker) -> Benchmark {
    Benchmark("breaker: open, rejects", goal: .beyond(clockName, 30), maximumAllocations: 0) { operations in
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
