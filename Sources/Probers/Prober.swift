// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Probes one target, again and again, on the loop.
///
/// One object per target: it prepares at load time what every run needs, and keeps between runs what may be kept (an open
/// connection, a parsed pattern). At most one run is under way at a time.
package protocol Prober: AnyObject {
    /// Starts a run that ends by `deadline`, wall to wall, and tells `observer` exactly once, possibly before this returns.
    ///
    /// Never throws and never blocks: whatever goes wrong is an outcome.
    func start(
        _ run: ProbeRunID,
        deadline: MonotonicInstant,
        for observer: any ProbeObserver,
        on loop: isolated EventLoop
    )

    /// Adds the objects that every run uses, itself among them.
    func collect(into footprint: inout Footprint)

    /// Ends a run under way without an outcome, and lets go of everything kept between runs.
    ///
    /// After it nothing of the target is left: no descriptor, no process, no timer. The prober is not used again.
    func stop(on loop: isolated EventLoop)
}

extension Prober {
    package func collect(into footprint: inout Footprint) { footprint.add(self) }
}

/// Is told how a run ended.
package protocol ProbeObserver: AnyObject {
    /// A run began so long after it was asked for, because another loop runs it; told before its end.
    func began(_ run: ProbeRunID, after delay: Duration, on loop: isolated EventLoop)

    /// Called on the loop.
    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop)

    /// What the last run of `prober` said holds no longer: the target should be probed again now, not at its next turn.
    ///
    /// Only asked for, on the loop, while no run is under way. Whether and when a run follows is decided as for any other, so
    /// that an open breaker, a half-open round and the counts of a target mean the same for a target that speaks up by itself.
    func outdated(_ prober: any Prober, on loop: isolated EventLoop)
}

extension ProbeObserver {
    package func began(_ run: ProbeRunID, after delay: Duration, on loop: isolated EventLoop) {}
    package func outdated(_ prober: any Prober, on loop: isolated EventLoop) {}
}

/// Names one run of one probe; never used again within an agent's life.
package struct ProbeRunID: Hashable, Sendable {
    package let number: UInt64
    /// Where whoever starts the run keeps what belongs to it; handed back as it is.
    package let place: Int

    package init(_ number: UInt64, place: Int = 0) {
        self.number = number
        self.place = place
    }
}
