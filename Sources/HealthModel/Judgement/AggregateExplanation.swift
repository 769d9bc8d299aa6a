// SPDX-License-Identifier: Apache-2.0

/// Why the aggregate has its status: the rule that decided, the targets and groups behind it, and what would change it.
package struct AggregateExplanation: Sendable {
    /// One sentence.
    package let why: String
    /// The targets that decided, dependencies in place of those behind them; sorted.
    package let causes: [TargetName]
    /// The groups that decided, sorted.
    package let groups: [GroupName]
    /// Targets that are down behind a failed dependency, sorted; they are not among the causes.
    package let attributed: [TargetName]
    /// What would change it; nil when nothing is expected to.
    package let change: String?

    /// - Parameters:
    ///   - rule: the rule that decided.
    ///   - settings: of which the policy and the floor are named.
    ///   - tally: the counts that the rule decided by.
    ///   - targets: every target that is not healthy, others make no difference; read only where the rule is about targets.
    ///   - groups: every group.
    package init(
        _ rule: AggregateRule,
        settings: AggregateSettings,
        tally: AggregateTally,
        targets: some Sequence<TargetState>,
        groups: [GroupHealth]
    ) {
        var findings = Findings()
        var head: [String] = []
        let total = tally.units.total(.required)
        let needed = settings.policy.needed(of: total)
        let passing = tally.units.passing(.required)
        switch rule {
        case .draining, .noTargets, .healthy: break
        case .failOpen, .requiredDown:
            findings = Findings(targets, groups, Self.requiredDown)
        case .requiredStarting:
            findings = Findings(targets, groups, [(.required, .starting)] + Self.requiredDown)
        case .degraded:
            findings = Findings(targets, groups, Self.requiredDown + Self.degraded)
        }
        if rule == .failOpen {
            let share = Self.percent(1 - settings.failOpen)
            head.append(
                "fail-open is in force: \(tally.requiredDown) of \(tally.required) required targets are down, more than \(share)"
            )
        }
        if settings.policy != .all, !findings.sentences.isEmpty {
            head.append("\(needed) of \(total) required needed, \(passing) \(passing == 1 ? "passes" : "pass")")
        }
        let names = findings.names
        switch rule {
        case .draining: (why, change) = ("the agent is shutting down", nil)
        case .noTargets: (why, change) = ("no probes are configured", "a probe in the configuration")
        case .healthy: (why, change) = ("no required or degrading target is in the way", nil)
        case .failOpen, .requiredDown:
            let missing = settings.policy == .all ? names.count : needed - passing - tally.units[.required, .starting]
            why = (head + findings.sentences).joined(separator: "; ")
            change = "a return of \(NameList.text(max(1, missing), of: names))"
        case .requiredStarting:
            let missing = settings.policy == .all ? names.count : needed - passing
            why = (head + findings.sentences).joined(separator: "; ")
            change = "a first passing verdict of \(NameList.text(max(1, missing), of: names))"
        case .degraded:
            why = (head + findings.sentences).joined(separator: "; ")
            change = "a recovery of \(NameList.text(names))"
        }
        causes = findings.causes
        self.groups = findings.groups
        attributed = findings.attributed
    }

    private static let requiredDown: [(Impact, TargetStatus)] = [(.required, .unhealthy), (.required, .stale)]
    private static let degraded: [(Impact, TargetStatus)] = [
        (.required, .starting), (.required, .degraded), (.degrading, .unhealthy), (.degrading, .stale),
    ]

    /// A share in percent, to a hundredth.
    private static func percent(_ share: Double) -> String {
        let hundredths = Int((share * 10_000).rounded())
        let rest = hundredths % 100
        return rest == 0 ? "\(hundredths / 100)%" : "\(Double(hundredths) / 100)%"
    }

    /// The targets and groups of some impacts and statuses.
    private struct Findings {
        /// `1 required target is unhealthy: db`, `2 required targets are stale: a, b`.
        private(set) var sentences: [String] = []
        /// What would have to change: targets by themselves, dependencies, groups.
        private(set) var names: [String] = []
        private(set) var causes: [TargetName] = []
        private(set) var groups: [GroupName] = []
        private(set) var attributed: [TargetName] = []

        init() {}

        init(
            _ targets: some Sequence<TargetState>,
            _ groups: [GroupHealth],
            _ wanted: [(Impact, TargetStatus)]
        ) {
            let known = Set(groups.map(\.name))
            var found = Array(repeating: [TargetState](), count: wanted.count)
            for target in targets where !target.isInMaintenance {
                guard let place = wanted.firstIndex(where: { $0 == (target.impact, target.status) }),
                    !target.groups.contains(where: known.contains)
                else { continue }
                found[place].append(target)
            }
            var deciding: [GroupHealth] = []
            for ((impact, status), targets) in zip(wanted, found) {
                for (because, names) in Blame.sorted(targets) {
                    let subject = Self.subject(names.count, impact, "target")
                    sentences.append("\(subject) \(status.rawValue)\(because): \(NameList.text(names))")
                }
                let these = groups.filter { $0.counts && $0.impact == impact && $0.status == status }
                guard !these.isEmpty else { continue }
                let reasons = these.map { "\($0.name) (\($0.why))" }
                let subject = Self.subject(these.count, impact, "group")
                sentences.append("\(subject) \(status.rawValue): \(NameList.text(reasons))")
                deciding += these
            }
            let blame = Blame(found.joined())
            causes = Set(blame.causes + deciding.flatMap(\.causes)).sorted()
            attributed = Set(blame.attributed + deciding.flatMap(\.attributed)).sorted()
            self.groups = deciding.map(\.name).sorted()
            names = (blame.causes.map(\.text) + deciding.map(\.name.text)).sorted()
        }

        private static func subject(_ count: Int, _ impact: Impact, _ noun: String) -> String {
            count == 1 ? "1 \(impact.rawValue) \(noun) is" : "\(count) \(impact.rawValue) \(noun)s are"
        }
    }
}
