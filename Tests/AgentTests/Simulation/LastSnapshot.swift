// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Synchronization

@testable import Agent

/// Keeps the last snapshot of a probe loop.
final class LastSnapshot: ProbeLoopReports {
    private let last = Mutex<HealthSnapshot?>(nil)

    var snapshot: HealthSnapshot? { last.withLock { $0 } }

    func publish(_ snapshot: HealthSnapshot) { last.withLock { $0 = snapshot } }
    func changed(_ change: HealthChange) {}
    func alive(at now: MonotonicInstant) {}
}
