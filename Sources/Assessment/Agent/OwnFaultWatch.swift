// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Notices when the agent itself is in trouble, from how its probes go.
///
/// It looks at the current minute and the one before, so a trouble is shown for one to two minutes after its end:
///
/// * at least 10 outcomes, and a tenth of them or more were our own fault (`internal`);
/// * at least 20 starts, and more than one in a hundred was late by more than 250 ms.
package struct OwnFaultWatch: Sendable {
    /// The length of one count.
    package static let period = Duration.seconds(60)
    /// A start later than this is late.
    package static let lateAfter = Duration.milliseconds(250)

    private struct Count {
        var outcomes = 0
        var ownFaults = 0
        var starts = 0
        var lateStarts = 0
    }

    private var current = Count()
    private var previous = Count()
    private var periodStart: MonotonicInstant
    private var lastFault = ""

    /// Begins to count at `now`.
    package init(now: MonotonicInstant) {
        periodStart = now
    }

    /// Counts one start.
    package mutating func started(lateness: Duration, now: MonotonicInstant) {
        rotate(now)
        current.starts += 1
        if lateness > Self.lateAfter { current.lateStarts += 1 }
    }

    /// Counts one outcome.
    package mutating func finished(_ outcome: Outcome, now: MonotonicInstant) {
        rotate(now)
        current.outcomes += 1
        guard let failure = outcome.failure, failure.reason == .internal else { return }
        current.ownFaults += 1
        lastFault = failure.summary
    }

    /// What is wrong with the agent, one line each; empty when nothing is.
    package mutating func troubles(now: MonotonicInstant) -> [String] {
        rotate(now)
        var lines: [String] = []
        let outcomes = current.outcomes + previous.outcomes
        let faults = current.ownFaults + previous.ownFaults
        if outcomes >= 10, faults * 10 >= outcomes {
            lines.append("\(faults) of the last \(outcomes) probes failed through the agent's own fault: \(lastFault)")
        }
        let starts = current.starts + previous.starts
        let late = current.lateStarts + previous.lateStarts
        if starts >= 20, late * 100 > starts {
            lines.append("\(late) of the last \(starts) probes started more than \(Self.lateAfter.readable) late")
        }
        return lines
    }

    private mutating func rotate(_ now: MonotonicInstant) {
        let age = periodStart.duration(to: now)
        guard age >= Self.period else { return }
        previous = age < Self.period * 2 ? current : Count()
        current = Count()
        periodStart = now
    }
}
