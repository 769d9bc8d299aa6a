// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// One run of one probe; no two runs of an agent have the same.
package struct RunID: Hashable, Sendable {
    let target: TargetID
    /// Counts the runs of the agent from 1.
    package let number: UInt64
}

/// A probe that is to be started now.
package struct ProbeStart: Hashable, Sendable {
    /// Names the run when its outcome is handed back.
    package let run: RunID
    /// What is to be probed, and how.
    package let definition: ProbeDefinition
    /// When it should have started.
    package let due: MonotonicInstant
    /// How much later than that it starts.
    package let lateness: Duration

    /// What is to be probed, and how, as a value.
    package var spec: ProbeSpec { definition.spec }
}

/// Where all runs of an agent have gone.
package struct RunAccount: Hashable, Sendable {
    /// Runs handed out.
    package internal(set) var started: UInt64 = 0
    /// Runs whose outcome was taken.
    package internal(set) var finished: UInt64 = 0
    /// Runs whose target was removed meanwhile; their outcome is not wanted any more.
    package internal(set) var abandoned: UInt64 = 0

    /// Runs whose outcome is still awaited.
    package var inFlight: UInt64 { started - finished - abandoned }
}
