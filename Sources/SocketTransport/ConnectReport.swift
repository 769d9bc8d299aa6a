// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// How opening a connection ended.
package struct ConnectReport: Sendable {
    /// Why there is no connection; nil when there is one.
    package var failure: Failure?
    /// How far it came: `l4OK`, `l4Connection` or `l4Timeout`.
    package var layer: Layer
    /// The address of the connection, or the one the failure is about; nil when no address was known.
    package var address: SocketAddress?
    /// When opening started.
    package var startedAt: MonotonicInstant
    /// How long looking up the name (nil for a numeric address) and connecting (nil when it was not reached) took.
    package var phases: PhaseTimings
}
