// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Who knows the time zones of this machine.
package protocol ZoneSource: Sendable {
    /// The rules of a zone, `Europe/Berlin`; nil when there is none of this name, or its rules cannot be read.
    func zone(named name: String) -> ZoneRules?
}
