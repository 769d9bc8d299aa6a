// SPDX-License-Identifier: Apache-2.0

/// Everything one probe definition says, after defaults were merged and every value checked.
///
/// A value of this type is legal by construction: the ranges named below were enforced by `ProbeConfig`, which is the only
/// maker outside tests. Two specs are equal exactly when the probe would behave the same, so a reload compares them.
package struct ProbeSpec: Hashable, Sendable {
    /// The target's name, unique in a configuration.
    package var name: TargetName
    /// What is probed, and how.
    package var probe: Probe
    /// Time between the starts of two probes; 100 ms to 7 d, scripts at least 1 s.
    package var interval: Duration
    /// Bound on the whole probe, every phase included; at least 1 ms, at most the interval.
    package var timeout: Duration
    /// Share of the interval by which a start may move at random, 0 to 0.5.
    package var jitter: Double
    /// Wait before the first probe.
    package var initialDelay: Duration
    /// What the target's state means for the aggregate.
    package var impact: Impact
    /// When its breaker opens and closes.
    @Shared package var breaker: BreakerPolicy
    /// Free text for people.
    package var description: String?
    /// Labels for people and filters, sorted by key in every output.
    package var tags: [String: String]
    /// The groups that the target counts towards, sorted, each once; in none, it counts by itself.
    package var groups: [GroupName]
    /// Targets without which this one cannot work, sorted, each once; without cycles.
    package var dependencies: [TargetName]
    /// When it counts for nothing.
    package var maintenance: [MaintenanceWindow]
    /// Further attempts inside one probe.
    package var retry: RetrySettings

    package init(
        name: TargetName,
        probe: Probe,
        interval: Duration = .seconds(10),
        timeout: Duration = .seconds(2),
        jitter: Double = 0.1,
        initialDelay: Duration = .zero,
        impact: Impact = .required,
        breaker: BreakerPolicy = BreakerPolicy(),
        description: String? = nil,
        tags: [String: String] = [:],
        groups: [GroupName] = [],
        dependencies: [TargetName] = [],
        maintenance: [MaintenanceWindow] = [],
        retry: RetrySettings = RetrySettings()
    ) {
        self.name = name
        self.probe = probe
        self.interval = interval
        self.timeout = timeout
        self.jitter = jitter
        self.initialDelay = initialDelay
        self.impact = impact
        self.breaker = breaker
        self.description = description
        self.tags = tags
        self.groups = groups
        self.dependencies = dependencies
        self.maintenance = maintenance
        self.retry = retry
    }

    /// Has one copy of what is the same in `other`.
    package mutating func share(with other: ProbeSpec) {
        _breaker.share(other._breaker)
    }
}
