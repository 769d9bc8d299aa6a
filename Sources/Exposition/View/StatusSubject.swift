// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What a status is asked of.
package enum StatusSubject: Hashable, Sendable {
    /// Everything the agent probes, as one.
    case aggregate
    /// One target.
    case target(TargetName)
    /// One group.
    case group(GroupName)
    /// The target or group of this name; no two share one.
    case named(TargetName)
}

/// The status of one subject: what every dialect is written from, whatever the subject is.
///
/// Draining has been laid over it, and what a listener without detail may not say is no longer in it.
package struct SubjectStatus: Sendable {
    /// The status that decides the code.
    package let status: AggregateStatus
    /// The word for it: a target's own, such as `stale`, or the status.
    package let word: String
    /// Since when it holds.
    let since: WallTime
    /// Why; on a listener without detail the word with the codes behind it.
    let explanation: String
    /// Why, in words from closed lists: failure reasons, `starting`, `stale`.
    let codes: [String]
    /// What would change it; nil when nothing is expected to, and without detail.
    let change: String?
    /// Whole seconds until the next verdict that may change it.
    let retryAfter: Int?
    /// Whether it is degraded by fail-open although the targets say unhealthy.
    let isFailOpen: Bool
    /// The groups it is made of, or the one it is; empty without detail.
    let groups: [GroupHealth]
    /// The targets it is made of; empty without detail.
    let targets: [TargetHealth]
    /// How many of a hundred of its targets are healthy, rounded down: a degraded one counts half, an informational one and
    /// one in maintenance not at all.
    let healthyPercent: Int
    /// Whether it is one target's, which some dialects write in a form of its own.
    let isSingleTarget: Bool

    /// The code and fields it is answered with, where degraded is `degradedCode`.
    func code(degraded degradedCode: Int) -> StatusCode {
        StatusCode(status, degradedCode: degradedCode, isFailOpen: isFailOpen, retryAfter: retryAfter)
    }
}

extension StatusView {
    /// The status of `subject`; nil when there is no such one.
    package func status(of subject: StatusSubject) -> SubjectStatus? {
        switch subject {
        case .aggregate: aggregateStatus
        case .target(let name): snapshot.target(name).map(status)
        case .group(let name): snapshot.group(name).map(status)
        case .named(let name): status(of: .target(name)) ?? GroupName(name.text).flatMap { status(of: .group($0)) }
        }
    }

    private static func healthyPercent(of targets: [TargetHealth], countsAll: Bool = false) -> Int {
        var halves = 0
        var counted = 0
        for target in targets where countsAll || (target.impact != .informational && target.maintenance == nil) {
            counted += 1
            switch target.status {
            case .healthy: halves += 2
            case .degraded: halves += 1
            case .unhealthy, .starting, .stale: break
            }
        }
        return counted == 0 ? 0 : halves * 50 / counted
    }

    private var aggregateStatus: SubjectStatus {
        let aggregate = snapshot.aggregate
        let word = aggregate.status.rawValue
        return SubjectStatus(
            status: aggregate.status,
            word: word,
            since: aggregate.since,
            explanation: showsDetail ? aggregate.why : coded(word, reasonCodes),
            codes: reasonCodes,
            change: showsDetail ? aggregate.change : nil,
            retryAfter: retryAfter(aggregate.causes.compactMap { snapshot.target($0)?.nextDue }.min()),
            isFailOpen: aggregate.isFailOpen,
            groups: showsDetail ? snapshot.groups : [],
            targets: showsDetail ? snapshot.targets : [],
            healthyPercent: Self.healthyPercent(of: snapshot.targets),
            isSingleTarget: false
        )
    }

    private func status(of target: TargetHealth) -> SubjectStatus {
        let aggregate = snapshot.aggregate
        let isDraining = aggregate.status == .draining
        let word = isDraining ? aggregate.status.rawValue : target.status.rawValue
        let codes = isDraining ? [] : [reasonCode(of: target)].compactMap(\.self)
        let why = isDraining ? aggregate.why : target.why
        return SubjectStatus(
            status: isDraining ? .draining : target.status.asAggregate,
            word: word,
            since: isDraining ? aggregate.since : target.since,
            explanation: showsDetail ? why : coded(word, codes),
            codes: codes,
            change: nil,
            retryAfter: retryAfter(target.nextDue),
            isFailOpen: false,
            groups: [],
            targets: showsDetail ? [target] : [],
            healthyPercent: Self.healthyPercent(of: [target], countsAll: true),
            isSingleTarget: true
        )
    }

    private func status(of group: GroupHealth) -> SubjectStatus {
        let aggregate = snapshot.aggregate
        let isDraining = aggregate.status == .draining
        let word = isDraining ? aggregate.status.rawValue : group.status.rawValue
        let codes = isDraining ? [] : reasonCodes(of: group)
        let why = isDraining ? aggregate.why : group.why
        let members = group.members.compactMap(snapshot.target)
        return SubjectStatus(
            status: isDraining ? .draining : group.status.asAggregate,
            word: word,
            since: isDraining ? aggregate.since : group.since,
            explanation: showsDetail ? why : coded(word, codes),
            codes: codes,
            change: showsDetail && !isDraining ? group.change : nil,
            retryAfter: retryAfter(group.causes.compactMap { snapshot.target($0)?.nextDue }.min()),
            isFailOpen: false,
            groups: showsDetail ? [group] : [],
            targets: showsDetail ? members : [],
            healthyPercent: Self.healthyPercent(of: members),
            isSingleTarget: false
        )
    }
}
