// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import Synchronization

/// Notes the outcome of a run on a simulated loop.
final class DialogRecorder: ProbeObserver, Sendable {
    private let noted = Mutex<Outcome?>(nil)

    /// The outcome, once there is one.
    var outcome: Outcome? { noted.withLock(\.self) }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        noted.withLock { $0 = outcome }
    }
}
