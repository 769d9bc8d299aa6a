// SPDX-License-Identifier: Apache-2.0

import CMeasurement
import Glibc

/// The name of the benchmark that reads the clock as the policies do.
let clockName = "clock: ContinuousClock.now"

/// The name of the benchmark that allocates exactly once.
let allocationCheckName = "check: one allocation"

/// What everything else is made of: the clock, and a proof that allocations are seen.
var baselines: [Benchmark] {
    [
        Benchmark(clockName) { operations in
            var last = ContinuousClock.now
            for _ in 0..<operations {
                let now = ContinuousClock.now
                precondition(now >= last, "the clock went back")
                last = now
            }
        },
        Benchmark("clock: clock_gettime") { operations in
            var time = timespec()
            for _ in 0..<operations {
                precondition(clock_gettime(CLOCK_MONOTONIC, &time) == 0, "clock_gettime failed")
            }
        },
        Benchmark(allocationCheckName) { operations in
            for _ in 0..<operations { allocation_count_check() }
        },
    ]
}
