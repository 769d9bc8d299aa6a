// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers

/// A run that a probing loop has not begun yet.
struct WaitingStart {
    let number: ProberNumber
    let run: ProbeRunID
    /// When it was handed out.
    let asked: MonotonicInstant
    /// The time that it has, from when it begins.
    let timeout: Duration
}

/// The runs that a probing loop has not begun yet, in the order in which they were handed out; at most one of each target.
struct WaitingStarts {
    private var starts: [WaitingStart] = []
    /// How many of them were taken already.
    private var taken = 0

    var isEmpty: Bool { taken == starts.count }

    mutating func append(_ start: WaitingStart) {
        starts.append(start)
    }

    /// Takes the one that has waited longest, in constant time on average; nil when none does.
    mutating func takeFirst() -> WaitingStart? {
        guard taken < starts.count else { return nil }
        defer {
            taken += 1
            // Now and then, as what is behind moves up; an empty list keeps its storage for the next runs.
            if taken == starts.count {
                starts.removeAll(keepingCapacity: true)
                taken = 0
            } else if taken * 2 >= starts.count {
                starts.removeFirst(taken)
                taken = 0
            }
        }
        return starts[taken]
    }
}
