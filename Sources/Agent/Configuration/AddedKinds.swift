// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// The kinds of probes that this agent knows besides the built-in ones.
package enum AddedKinds {
    /// Bound around the whole command line by an agent that was built with kinds of its own; nil in the agent as it ships.
    @TaskLocal package static var current: (any CustomKinds)?
}
