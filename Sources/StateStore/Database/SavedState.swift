// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What an earlier run has left.
package struct SavedState: Hashable, Sendable {
    package var targets: [TargetName: RestorableTarget] = [:]
    /// The windows with what is left of them; none that are over.
    package var maintenance: [SavedMaintenance] = []
    /// How many entries were damaged and are left out.
    package var damaged = 0

    package init() {}
}
