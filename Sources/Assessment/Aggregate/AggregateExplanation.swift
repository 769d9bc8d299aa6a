// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Why the aggregate has its status: the rule that decided, the targets behind it, and what would change it.
struct AggregateExplanation {
    /// One sentence.
    let why: String
    /// The targets that decided, sorted by name.
    let causes: [TargetName]
    /// What would change it; nil when nothing is expected to.
    let change: String?

    /// The most names in a sentence.
    private static let maximumNames = 5

    /// - Parameters:
    ///   - rule: the rule that decided.
    ///   - targets: every target with its impact and status; read only where the rule is about targets.
    init(_ rule: AggregateTally.Rule, targets: some Sequence<(TargetName, Impact, TargetStatus)>) {
        switch rule {
        case .draining:
            self.init(why: "the agent is shutting down", change: nil)
        case .noTargets:
            self.init(why: "no probes are configured", change: "a probe in the configuration")
        case .healthy:
            self.init(why: "no required or degrading target is in the way", change: nil)
        case .requiredDown:
            let found = Findings(targets, [(.required, .unhealthy), (.required, .stale)])
            self.init(why: found.sentence, causes: found.names, change: "a return of \(Self.list(found.names))")
        case .requiredStarting:
            let found = Findings(targets, [(.required, .starting)])
            let change = "a first passing verdict of \(Self.list(found.names))"
            self.init(why: found.sentence, causes: found.names, change: change)
        case .degraded:
            let found = Findings(targets, [(.required, .degraded), (.degrading, .unhealthy), (.degrading, .stale)])
            self.init(why: found.sentence, causes: found.names, change: "a recovery of \(Self.list(found.names))")
        }
    }

    private init(why: String, causes: [TargetName] = [], change: String?) {
        self.why = why
        self.causes = causes
        self.change = change
    }

    /// The names with commas, at most five of them: `a, b, c, d, e and 7 more`.
    private static func list(_ names: [TargetName]) -> String {
        let shown = names.prefix(maximumNames).map(\.text).joined(separator: ", ")
        return names.count > maximumNames ? "\(shown) and \(names.count - maximumNames) more" : shown
    }

    /// The targets of some impacts and statuses.
    private struct Findings {
        /// `1 required target is unhealthy: db; 2 required targets are stale: a, b`.
        let sentence: String
        let names: [TargetName]

        init(_ targets: some Sequence<(TargetName, Impact, TargetStatus)>, _ wanted: [(Impact, TargetStatus)]) {
            var groups = Array(repeating: [TargetName](), count: wanted.count)
            for (name, impact, status) in targets {
                guard let group = wanted.firstIndex(where: { $0 == (impact, status) }) else { continue }
                groups[group].append(name)
            }
            sentence = zip(wanted, groups)
                .filter { !$1.isEmpty }
                .map { "\(Self.subject($1.count, $0.0)) \($0.1.rawValue): \(AggregateExplanation.list($1.sorted()))" }
                .joined(separator: "; ")
            names = groups.joined().sorted()
        }

        private static func subject(_ count: Int, _ impact: Impact) -> String {
            count == 1 ? "1 \(impact.rawValue) target is" : "\(count) \(impact.rawValue) targets are"
        }
    }
}
