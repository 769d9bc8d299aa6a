// SPDX-License-Identifier: Apache-2.0

import CMeasurement

/// Measures benchmarks side by side.
///
/// Every round runs every benchmark once, so that a slow moment of the machine falls on all of them and not on one.
struct Harness: Sendable {
    /// Rounds, at least 1.
    let rounds: Int
    /// How long one benchmark runs in one round: shorter than a turn of the scheduler, so that most rounds are undisturbed.
    let sample = Duration.microseconds(500)

    /// Measures `benchmarks`, in the order given.
    ///
    /// Traps when allocations are not counted, which would make every figure of them a lie.
    @concurrent
    func measure(_ benchmarks: [Benchmark]) async -> [Measurement] {
        allocation_count_start()
        allocation_count_check()
        let counted = allocation_count_stop()
        precondition(counted == 1, "one allocation was counted as \(counted)")
        var operations: [Int] = []
        for benchmark in benchmarks { operations.append(await calibrate(benchmark)) }
        var times = [[Double]](repeating: [], count: benchmarks.count)
        for _ in 0..<rounds {
            for (index, benchmark) in benchmarks.enumerated() {
                let elapsed = await benchmark.run(operations[index])
                times[index].append((elapsed / .nanoseconds(1)) / Double(operations[index]))
            }
        }
        var measurements: [Measurement] = []
        for (benchmark, rounds) in zip(benchmarks, times) {
            measurements.append(Measurement(benchmark, rounds: rounds, allocations: await allocations(benchmark)))
        }
        return measurements
    }

    /// Warms up, and finds how many operations fill a sample.
    ///
    /// It goes by the quickest of several runs on one thread, lest a slow moment of the machine makes the samples of this
    /// benchmark short for good.
    private func calibrate(_ benchmark: Benchmark) async -> Int {
        var operations = 1
        while true {
            var elapsed = await benchmark.run(operations, isAlone: true)
            for _ in 0..<9 where elapsed >= sample / 4 {
                elapsed = min(elapsed, await benchmark.run(operations, isAlone: true))
            }
            if elapsed >= sample / 4 { return max(1, Int(Double(operations) * (sample / elapsed))) }
            operations *= 2
        }
    }

    /// What starting a run allocates is subtracted: the same is measured for twice the operations.
    private func allocations(_ benchmark: Benchmark) async -> Double {
        let operations = 1_000
        let once = await allocationCount(benchmark, operations)
        let twice = await allocationCount(benchmark, 2 * operations)
        return (Double(twice) - Double(once)) / Double(operations * benchmark.threads)
    }

    private func allocationCount(_ benchmark: Benchmark, _ operations: Int) async -> UInt64 {
        allocation_count_start()
        _ = await benchmark.run(operations)
        return allocation_count_stop()
    }
}
