// SPDX-License-Identifier: Apache-2.0

/// What was measured of one benchmark.
struct Measurement: Sendable {
    /// The benchmark.
    let benchmark: Benchmark
    /// Nanoseconds per operation of every round, ascending.
    ///
    /// On several threads it is the time that one caller waits for one operation.
    let rounds: [Double]
    /// Allocations per operation, on whatever thread.
    let allocations: Double

    /// Keeps the rounds in order.
    init(_ benchmark: Benchmark, rounds: [Double], allocations: Double) {
        self.benchmark = benchmark
        self.rounds = rounds.sorted()
        self.allocations = allocations
    }

    var fastest: Double { rounds[0] }
    var slowest: Double { rounds[rounds.count - 1] }

    var median: Double {
        let middle = rounds.count / 2
        return rounds.count.isMultiple(of: 2) ? (rounds[middle - 1] + rounds[middle]) / 2 : rounds[middle]
    }
}
