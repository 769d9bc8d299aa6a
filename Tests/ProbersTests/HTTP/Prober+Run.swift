// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers

extension Prober {
    /// Runs once and waits for the outcome.
    func run(_ number: UInt64, timeout: Duration = .seconds(10), on loop: isolated EventLoop) async -> Outcome {
        let deadline = loop.kernel.now.advanced(by: timeout)
        return await withCheckedContinuation { continuation in
            start(ProbeRunID(number), deadline: deadline, for: OutcomeObserver(continuation), on: loop)
        }
    }
}

private final class OutcomeObserver: ProbeObserver {
    private let continuation: CheckedContinuation<Outcome, Never>

    init(_ continuation: CheckedContinuation<Outcome, Never>) {
        self.continuation = continuation
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        continuation.resume(returning: outcome)
    }
}
