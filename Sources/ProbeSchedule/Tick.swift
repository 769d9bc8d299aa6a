// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// One target that is to be probed now.
package struct Tick: Hashable, Sendable {
    package let target: TargetID
    /// When the probe should have started.
    package let due: MonotonicInstant
    /// How long after that it starts, at least zero.
    ///
    /// A run after a stall is as late as the stall was long, although it was put off a little more to avoid a burst.
    package let lateness: Duration
}
