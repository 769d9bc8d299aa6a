// SPDX-License-Identifier: Apache-2.0

/// One target as every publisher shows it.
package struct TargetHealth: Hashable, Sendable {
    package var name: TargetName
    /// The probe's kind: `http`, `tcp`, `script`.
    package var kind: String
    /// What is probed, for people; free of secrets.
    package var subject: String
    package var impact: Impact
    package var description: String?
    package var tags: [String: String]
    package var status: TargetStatus
    /// Since when the status holds.
    package var since: WallTime
    /// Why it has this status and what would change it, one sentence.
    package var why: String
    package var breaker: BreakerHealth
    /// The last outcome of any verdict.
    package var lastOutcome: Outcome?
    /// When the last outcome arrived, for output.
    package var lastOutcomeAt: WallTime?
    /// When the last verdict other than unknown stops being believed; nil before the first.
    package var staleAfter: MonotonicInstant?
    /// When the next probe starts; nil while one runs.
    package var nextDue: MonotonicInstant?
    package var counters: ProbeCounters
    /// How it is probed; nil where only its health is known.
    package var definition: ProbeDefinition?
    /// The groups it counts towards, sorted; in none, it counts by itself.
    package var groups: [GroupName]
    /// What it depends on, sorted.
    package var dependencies: [TargetName]
    /// The failed dependencies that its failure is attributed to, at the ends of the chains; empty when it fails by itself, or
    /// not at all.
    package var attributedTo: [TargetName]
    /// Until when and why it counts for nothing; nil when it counts.
    package var maintenance: Maintenance?

    package init(
        name: TargetName,
        kind: String,
        subject: String,
        impact: Impact,
        description: String? = nil,
        tags: [String: String] = [:],
        status: TargetStatus = .starting,
        since: WallTime,
        why: String,
        breaker: BreakerHealth,
        lastOutcome: Outcome? = nil,
        lastOutcomeAt: WallTime? = nil,
        staleAfter: MonotonicInstant? = nil,
        nextDue: MonotonicInstant? = nil,
        counters: ProbeCounters = ProbeCounters(),
        definition: ProbeDefinition? = nil,
        groups: [GroupName] = [],
        dependencies: [TargetName] = [],
        attributedTo: [TargetName] = [],
        maintenance: Maintenance? = nil
    ) {
        self.name = name
        self.kind = kind
        self.subject = subject
        self.impact = impact
        self.description = description
        self.tags = tags
        self.status = status
        self.since = since
        self.why = why
        self.breaker = breaker
        self.lastOutcome = lastOutcome
        self.lastOutcomeAt = lastOutcomeAt
        self.staleAfter = staleAfter
        self.nextDue = nextDue
        self.counters = counters
        self.definition = definition
        self.groups = groups
        self.dependencies = dependencies
        self.attributedTo = attributedTo
        self.maintenance = maintenance
    }
}
