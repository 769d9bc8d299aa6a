// SPDX-License-Identifier: Apache-2.0

import Resilience

/// The rate limiters, with limits that are never reached.
var limiters: [Benchmark] {
    [limiter(), keyedLimiter(), refusingLimiter()]
}

private func limiter() -> Benchmark {
    let limiter = RateLimiter(.perSecond(1_000_000_000))
    return Benchmark("rate limiter: allows", maximumAllocations: 0) { operations in
        for _ in 0..<operations { precondition(limiter.tryAcquire().isAllowed, "the limit is reached") }
    }
}

private func keyedLimiter() -> Benchmark {
    let limiter = KeyedRateLimiter<Int>(.perSecond(1_000_000_000))
    return Benchmark("rate limiter: allows one of 1,000 keys", maximumAllocations: 0) { operations in
        for operation in 0..<operations {
            precondition(limiter.tryAcquire(operation % 1_000).isAllowed, "the limit is reached")
        }
    }
}

private func refusingLimiter() -> Benchmark {
    let limiter = RateLimiter(RateLimit(1, per: .seconds(86_400)))
    _ = limiter.tryAcquire()
    return Benchmark("rate limiter: refuses", maximumAllocations: 0) { operations in
        for _ in 0..<operations { precondition(!limiter.tryAcquire().isAllowed, "the limit is not reached") }
    }
}
