// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// When a worker that keeps failing is started again: at once after one that has answered, then 1 s, 2 s, 4 s, … up to a
/// minute after the last failure.
struct WorkerBackoff {
    static let shortest = Duration.seconds(1)
    static let longest = Duration.seconds(60)

    private var delay = Duration.zero
    private(set) var notBefore: MonotonicInstant?

    /// A worker answered as it should.
    mutating func answered() {
        delay = .zero
    }

    /// A worker is gone, or had to be ended.
    mutating func failed(at now: MonotonicInstant) {
        notBefore = delay == .zero ? nil : now.advanced(by: delay)
        delay = delay == .zero ? Self.shortest : min(delay * 2, Self.longest)
    }
}
