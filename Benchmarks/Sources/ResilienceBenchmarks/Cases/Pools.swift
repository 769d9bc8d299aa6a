// SPDX-License-Identifier: Apache-2.0

import Resilience

/// A pool whose connections are ready.
var pools: [Benchmark] {
    let pool = ConnectionPool(NumberFactory(), configuration: .init(healthCheckAfter: .seconds(86_400)))
    return [
        Benchmark(asynchronous: "pool: acquire and release") { operations in
            for _ in 0..<operations {
                guard let lease = try? await pool.acquire() else { preconditionFailure("the pool is exhausted") }
                lease.release()
            }
        }
    ]
}

/// Connections that cost nothing.
private struct NumberFactory: ConnectionFactory {
    func create() async throws -> Int { 0 }
    func isHealthy(_ connection: Int) async -> Bool { true }
    func close(_ connection: Int) async {}
}
