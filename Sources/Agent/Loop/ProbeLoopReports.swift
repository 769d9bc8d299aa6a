// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Where the probe loop's results go; called on the loop, must return at once.
package protocol ProbeLoopReports: Sendable {
    /// A snapshot for the publishers.
    func publish(_ snapshot: HealthSnapshot)

    /// A target or the aggregate changed.
    func changed(_ change: HealthChange)

    /// The loop makes progress.
    func alive(at now: MonotonicInstant)

    /// Something about a file that probes name went wrong while the agent runs, or is right again.
    func files(_ change: FileProblemChange)
}

extension ProbeLoopReports {
    package func files(_ change: FileProblemChange) {}
}

/// A change of what is wrong with files; each problem is told once when it begins and once when it is over.
package enum FileProblemChange: Hashable, Sendable {
    /// One line: the file, what is wrong, and what holds meanwhile.
    case began(String)
    /// The line that was told when it began.
    case ended(String)
}
