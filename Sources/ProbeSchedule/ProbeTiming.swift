// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What the schedule needs to know of a probe's definition.
package struct ProbeTiming: Hashable, Sendable {
    /// Time between the starts of two probes, more than zero.
    package var interval: Duration
    /// Share of the interval that a start may move at random, half of it to either side; 0 to 0.5.
    package var jitter: Double
    /// Wait before the first probe.
    package var initialDelay: Duration

    package init(interval: Duration, jitter: Double = 0, initialDelay: Duration = .zero) {
        precondition(interval > .zero, "an interval is longer than zero: \(interval)")
        precondition((0...0.5).contains(jitter), "a jitter is 0 to 0.5 of the interval: \(jitter)")
        self.interval = interval
        self.jitter = jitter
        self.initialDelay = initialDelay
    }

    package init(_ spec: ProbeSpec) {
        self.init(interval: spec.interval, jitter: spec.jitter, initialDelay: spec.initialDelay)
    }
}
