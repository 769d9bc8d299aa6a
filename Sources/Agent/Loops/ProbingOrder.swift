// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Probers

/// Names a prober of another loop; never used again.
struct ProberNumber: Hashable, Sendable {
    let number: UInt64
}

/// What the first loop asks of another.
///
/// Not more than a few lie in the mailbox for each target: it is made and stopped once, and has one run at a time.
enum ProbingOrder: Sendable {
    /// Make a prober.
    indirect case make(ProberNumber, ProbeSpec)
    /// Start a run that was handed out at `asked` and then had time until `deadline`; it has as much when it begins.
    case start(ProberNumber, ProbeRunID, asked: MonotonicInstant, deadline: MonotonicInstant)
    /// Stop a prober, and forget it.
    case stop(ProberNumber)
    /// Stop all, and end.
    case end
}

/// What another loop tells the first.
enum ProbingReport: Sendable {
    /// A run has ended; it had begun `delay` after it was handed out.
    case finished(ProberNumber, ProbeRunID, Outcome, delay: Duration)
    /// What the last run of a prober said holds no longer.
    case outdated(ProberNumber)
    /// What is wrong with files that probes name is now this.
    case files([String])
    /// Everything is stopped, and nothing follows.
    case ended
}
