// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import Synchronization

/// Remembers how runs ended.
final class OutcomeRecorder: ProbeObserver, Sendable {
    struct Entry: Sendable, Hashable {
        var run: ProbeRunID
        var outcome: Outcome
        var endedAt: MonotonicInstant
    }

    private let entries = Mutex<[Entry]>([])

    var all: [Entry] { entries.withLock(\.self) }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        entries.withLock { $0.append(Entry(run: run, outcome: outcome, endedAt: loop.now)) }
    }
}
