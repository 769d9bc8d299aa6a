// SPDX-License-Identifier: Apache-2.0

/// One thing that is measured.
struct Benchmark: Sendable {
    /// What the table calls it.
    let name: String
    /// What its time is held against; nil for a figure without a promise.
    let goal: Goal?
    /// Allocations per operation at most; nil for no promise.
    let maximumAllocations: Int?
    /// How many threads do the operations at the same time.
    let threads: Int
    private let body: Body

    private enum Body: Sendable {
        case synchronous(@Sendable (Int) -> Void)
        case asynchronous(@Sendable (Int) async -> Void)
    }

    /// Something that is measured on `threads` threads at once.
    ///
    /// - Parameters:
    ///   - name: what the table calls it.
    ///   - goal: what its time is held against.
    ///   - maximumAllocations: allocations per operation at most.
    ///   - threads: how many threads do the operations at the same time.
    ///   - body: does so many operations.
    init(
        _ name: String,
        goal: Goal? = nil,
        maximumAllocations: Int? = nil,
        threads: Int = 1,
        _ body: @escaping @Sendable (_ operations: Int) -> Void
    ) {
        self.name = name
        self.goal = goal
        self.maximumAllocations = maximumAllocations
        self.threads = threads
        self.body = .synchronous(body)
    }

    /// Something asynchronous.
    ///
    /// - Parameters:
    ///   - name: what the table calls it.
    ///   - goal: what its time is held against.
    ///   - maximumAllocations: allocations per operation at most.
    ///   - body: does so many operations.
    init(
        asynchronous name: String,
        goal: Goal? = nil,
        maximumAllocations: Int? = nil,
        _ body: @escaping @Sendable (_ operations: Int) async -> Void
    ) {
        self.name = name
        self.goal = goal
        self.maximumAllocations = maximumAllocations
        threads = 1
        self.body = .asynchronous(body)
    }

    /// Does so many operations on every thread.
    ///
    /// - Parameters:
    ///   - operations: how many.
    ///   - isAlone: does them on the calling thread only.
    /// - Returns: how long the slowest thread took.
    func run(_ operations: Int, isAlone: Bool = false) async -> Duration {
        let start = ContinuousClock.now
        switch body {
        case .synchronous(let body) where threads > 1 && !isAlone:
            return SimultaneousThreads.run(threads) { body(operations) }
        case .synchronous(let body):
            body(operations)
        case .asynchronous(let body):
            await body(operations)
        }
        return start.duration(to: ContinuousClock.now)
    }
}

/// What the median time of an operation is held against.
enum Goal: Sendable {
    /// At most so many nanoseconds.
    case atMost(Double)
    /// At most so many nanoseconds more than the benchmark of that name.
    case beyond(String, Double)
    /// At most so many times the benchmark of that name.
    case times(String, Double)

    /// The bound in nanoseconds; nil when what it refers to was not measured.
    func bound(_ median: (String) -> Double?) -> Double? {
        switch self {
        case .atMost(let bound): bound
        case .beyond(let name, let extra): median(name).map { $0 + extra }
        case .times(let name, let factor): median(name).map { $0 * factor }
        }
    }
}
