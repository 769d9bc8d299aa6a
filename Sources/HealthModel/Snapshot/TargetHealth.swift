// SPDX-License-Identifier: Apache-2.0

/// One target as every publisher shows it.
///
/// A value that costs a reference to hand on, as a snapshot has thousands; to change one makes a copy.
package struct TargetHealth: Hashable, Sendable {
    private var stored: Stored

    /// - Parameters:
    ///   - identity: what does not change while the target is probed the same.
    ///   - status: what it is held to be.
    ///   - since: since when the status holds.
    ///   - why: why it has this status and what would change it, one sentence.
    ///   - breaker: its breaker.
    ///   - lastOutcome: the last outcome of any verdict.
    ///   - lastOutcomeAt: when that arrived, for output.
    ///   - staleAfter: when the last verdict other than unknown stops being believed.
    ///   - nextDue: when the next probe starts.
    ///   - counters: what its probes added up to.
    ///   - definition: how it is probed.
    ///   - attributedTo: the failed dependencies that its failure is attributed to.
    ///   - maintenance: until when and why it counts for nothing.
    ///   - isRestored: whether no probe has confirmed the status yet.
    package init(
        _ identity: TargetIdentity,
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
        attributedTo: [TargetName] = [],
        maintenance: Maintenance? = nil,
        isRestored: Bool = false
    ) {
        stored = Stored(
            Fields(
                identity: identity,
                status: status,
                since: since,
                why: why,
                breaker: breaker,
                lastOutcome: lastOutcome,
                lastOutcomeAt: lastOutcomeAt,
                staleAfter: staleAfter,
                nextDue: nextDue,
                counters: counters,
                definition: definition,
                attributedTo: attributedTo,
                maintenance: maintenance,
                isRestored: isRestored
            )
        )
    }

    /// The same with the identity's parts one by one.
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
        maintenance: Maintenance? = nil,
        isRestored: Bool = false
    ) {
        self.init(
            TargetIdentity(
                name: name,
                kind: kind,
                subject: subject,
                impact: impact,
                description: description,
                tags: tags,
                groups: groups,
                dependencies: dependencies
            ),
            status: status,
            since: since,
            why: why,
            breaker: breaker,
            lastOutcome: lastOutcome,
            lastOutcomeAt: lastOutcomeAt,
            staleAfter: staleAfter,
            nextDue: nextDue,
            counters: counters,
            definition: definition,
            attributedTo: attributedTo,
            maintenance: maintenance,
            isRestored: isRestored
        )
    }

    package static func == (left: TargetHealth, right: TargetHealth) -> Bool {
        left.stored === right.stored || left.stored.fields == right.stored.fields
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(stored.fields)
    }

    private mutating func change(_ change: (inout Fields) -> Void) {
        var fields = stored.fields
        change(&fields)
        stored = Stored(fields)
    }
}

extension TargetHealth {
    private struct Fields: Hashable, Sendable {
        var identity: TargetIdentity
        var status: TargetStatus
        var since: WallTime
        var why: String
        var breaker: BreakerHealth
        var lastOutcome: Outcome?
        var lastOutcomeAt: WallTime?
        var staleAfter: MonotonicInstant?
        var nextDue: MonotonicInstant?
        var counters: ProbeCounters
        var definition: ProbeDefinition?
        var attributedTo: [TargetName]
        var maintenance: Maintenance?
        var isRestored: Bool
    }

    private final class Stored: Sendable {
        let fields: Fields

        init(_ fields: Fields) {
            self.fields = fields
        }
    }

    /// What does not change while the target is probed the same.
    package var identity: TargetIdentity {
        get { stored.fields.identity }
        set { change { $0.identity = newValue } }
    }

    package var name: TargetName { identity.name }

    /// The probe's kind: `http`, `tcp`, `script`.
    package var kind: String { identity.kind }

    /// What is probed, for people; free of secrets.
    package var subject: String { identity.subject }

    package var impact: Impact { identity.impact }

    package var description: String? { identity.description }

    package var tags: [String: String] { identity.tags }

    package var status: TargetStatus {
        get { stored.fields.status }
        set { change { $0.status = newValue } }
    }

    /// Since when the status holds.
    package var since: WallTime {
        get { stored.fields.since }
        set { change { $0.since = newValue } }
    }

    /// Why it has this status and what would change it, one sentence.
    package var why: String {
        get { stored.fields.why }
        set { change { $0.why = newValue } }
    }

    package var breaker: BreakerHealth {
        get { stored.fields.breaker }
        set { change { $0.breaker = newValue } }
    }

    /// The last outcome of any verdict.
    package var lastOutcome: Outcome? {
        get { stored.fields.lastOutcome }
        set { change { $0.lastOutcome = newValue } }
    }

    /// When the last outcome arrived, for output.
    package var lastOutcomeAt: WallTime? {
        get { stored.fields.lastOutcomeAt }
        set { change { $0.lastOutcomeAt = newValue } }
    }

    /// When the last verdict other than unknown stops being believed, as far as was known when the rest was; nil before the first.
    ///
    /// A snapshot knows more: ``HealthSnapshot/beliefs``.
    package var staleAfter: MonotonicInstant? {
        get { stored.fields.staleAfter }
        set { change { $0.staleAfter = newValue } }
    }

    /// When the next probe starts; nil while one runs.
    package var nextDue: MonotonicInstant? {
        get { stored.fields.nextDue }
        set { change { $0.nextDue = newValue } }
    }

    package var counters: ProbeCounters {
        get { stored.fields.counters }
        set { change { $0.counters = newValue } }
    }

    /// How it is probed; nil where only its health is known.
    package var definition: ProbeDefinition? {
        get { stored.fields.definition }
        set { change { $0.definition = newValue } }
    }

    /// The groups it counts towards, sorted; in none, it counts by itself.
    package var groups: [GroupName] { identity.groups }

    /// What it depends on, sorted.
    package var dependencies: [TargetName] { identity.dependencies }

    /// The failed dependencies that its failure is attributed to, at the ends of the chains; empty when it fails by itself, or
    /// not at all.
    package var attributedTo: [TargetName] {
        get { stored.fields.attributedTo }
        set { change { $0.attributedTo = newValue } }
    }

    /// Until when and why it counts for nothing; nil when it counts.
    package var maintenance: Maintenance? {
        get { stored.fields.maintenance }
        set { change { $0.maintenance = newValue } }
    }

    /// Whether the status is that of an earlier run of the agent, and no probe has confirmed it yet.
    package var isRestored: Bool {
        get { stored.fields.isRestored }
        set { change { $0.isRestored = newValue } }
    }
}
