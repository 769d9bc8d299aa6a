// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What a health server needs to know before it starts.
package struct HealthServerConfiguration: Hashable, Sendable {
    /// Where it listens; at least one.
    package var listeners: [ListenerSettings]
    /// Where HAProxy's agent checks are answered; nil = nowhere.
    package var agentCheck: HostPort?
    /// The agent's name, for answers before the first snapshot.
    package var agentName: String
    /// The agent's version, for answers before the first snapshot.
    package var agentVersion: String
    /// `/livez` fails when the probe loop gave no sign of life for this long.
    package var livenessBound: Duration
    /// What a client may ask.
    package var limits: ServerLimits

    package init(
        listeners: [ListenerSettings],
        agentCheck: HostPort? = nil,
        agentName: String,
        agentVersion: String,
        livenessBound: Duration = .seconds(10),
        limits: ServerLimits = ServerLimits()
    ) {
        self.listeners = listeners
        self.agentCheck = agentCheck
        self.agentName = agentName
        self.agentVersion = agentVersion
        self.livenessBound = livenessBound
        self.limits = limits
    }
}
