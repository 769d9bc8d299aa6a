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
}
