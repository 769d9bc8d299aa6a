// SPDX-License-Identifier: Apache-2.0

import Resilience

/// Policies around an asynchronous call that succeeds at once.
var compositions: [Benchmark] {
    [retry(), deadline(), pipeline(), pipelineWithTimeout()]
}

private func retry() -> Benchmark {
    let retry = Retry()
    return Benchmark(asynchronous: "retry: first attempt succeeds") { operations in
        for operation in 0..<operations {
            let value = try? await retry.run { _ async in operation }
            precondition(value == operation, "the call failed")
        }
    }
}

private func deadline() -> Benchmark {
    let time = TimeSource()
    return Benchmark(asynchronous: "deadline: scope") { operations in
        for operation in 0..<operations {
            let value = await withDeadline(.seconds(60), time: time) { () async in operation }
            precondition(value == operation, "another value came back")
        }
    }
}

private func pipeline() -> Benchmark {
    running("pipeline: deadline, limit, bulkhead, retry, breaker", policies())
}

private func pipelineWithTimeout() -> Benchmark {
    running("pipeline: the same with an attempt timeout", policies().attemptTimeout(.seconds(10)))
}

private func policies() -> Pipeline {
    Pipeline()
        .deadline(.seconds(60))
        .limited(by: RateLimiter(.perSecond(1_000_000_000)))
        .inside(Bulkhead())
        .retried(by: Retry())
        .guarded(by: CircuitBreaker(name: "benchmark"))
}

private func running(_ name: String, _ pipeline: Pipeline) -> Benchmark {
    Benchmark(asynchronous: name) { operations in
        for operation in 0..<operations {
            let value = try? await pipeline.run { () async in operation }
            precondition(value == operation, "the pipeline failed")
        }
    }
}
