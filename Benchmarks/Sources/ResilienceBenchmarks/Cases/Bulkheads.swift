// SPDX-License-Identifier: Apache-2.0

import Resilience

/// Bulkheads with room.
var bulkheads: [Benchmark] {
    [bulkhead(), asyncBulkhead(), perKeyBulkhead()]
}

private func bulkhead() -> Benchmark {
    let bulkhead = Bulkhead()
    return Benchmark("bulkhead: acquire and release", maximumAllocations: 0) { operations in
        for _ in 0..<operations {
            guard let permit = try? bulkhead.tryAcquire() else { preconditionFailure("the bulkhead is full") }
            permit.release()
        }
    }
}

private func asyncBulkhead() -> Benchmark {
    let bulkhead = Bulkhead()
    return Benchmark(asynchronous: "bulkhead: run") { operations in
        for operation in 0..<operations {
            let value = try? await bulkhead.run { () async in operation }
            precondition(value == operation, "the bulkhead is full")
        }
    }
}

private func perKeyBulkhead() -> Benchmark {
    let bulkhead = PerKeyBulkhead<Int>()
    return Benchmark("bulkhead: acquire and release, one of 1,000 keys") { operations in
        for operation in 0..<operations {
            guard let permit = try? bulkhead.tryAcquire(operation % 1_000) else {
                preconditionFailure("the bulkhead is full")
            }
            permit.release()
        }
    }
}
