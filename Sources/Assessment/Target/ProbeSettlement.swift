// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What became of a run's outcome.
package struct ProbeSettlement: Hashable, Sendable {
    /// When the target is to be probed again.
    package let next: NextDue
    /// Whether the outcome had a right to count; otherwise it is only shown.
    package let isCounted: Bool
}
