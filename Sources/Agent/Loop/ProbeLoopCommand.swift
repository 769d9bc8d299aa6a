// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What the process asks of the probe loop.
package enum ProbeLoopCommand: Sendable {
    /// Probe these targets from now on, make the aggregate of them so, and say so; those that did not change go on as they are.
    case replace([ProbeSpec], AggregateSettings, ReloadAnswer)
    /// Show this of the configuration.
    case configuration(ConfigurationState)
    /// Do what an operator asks for, and answer.
    case admin(AdminCommand, AdminReply)
    /// Publish the figures of all targets, and tell that this was heard.
    case figures(FigureBell)
    /// Say that the agent is draining, and start no more probes.
    case drain
    /// End every probe and let go of everything it holds.
    case stop
}
