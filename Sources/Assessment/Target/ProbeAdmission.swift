// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Whether a target's breaker lets a probe run.
package enum ProbeAdmission: Hashable, Sendable {
    /// Run it; its outcome counts.
    case admitted
    /// Run it for data; its outcome is shown and does not move the breaker.
    case observeOnly
    /// Do not run it; ask again at the given time.
    case rejected(NextDue)
}
