// SPDX-License-Identifier: Apache-2.0

package import HealthModel

extension StatusView {
    /// The answer of `/readyz`: the aggregate's code with Kubernetes text.
    ///
    /// While the aggregate passes, nothing fails the endpoint, whatever a single target says: the policy decides, not the
    /// list. While it fails, the required groups that are down fail it, and the required targets in no group; a client may
    /// exclude those by name. Draining, a stalled agent and a policy that none of them explains cannot be excluded.
    ///
    /// Constant time while the aggregate passes and nothing is asked for; otherwise linear in the number of targets.
    package func readiness(_ query: KubernetesQuery = KubernetesQuery()) -> Answer {
        if query == KubernetesQuery(), snapshot.aggregate.status.passes, !isStalled {
            let code = statusCode
            return Answer(code: code.code, contentType: .text, fields: code.fields, body: Array("ok".utf8))
        }
        let list = CheckList("readyz", readinessChecks, excluding: query.excluded, namesTargets: showsDetail)
        var code = statusCode
        if !query.excluded.isEmpty, list.passes {
            let isFailOpen = snapshot.aggregate.isFailOpen
            code = StatusCode(
                isFailOpen ? .degraded : status(excluding: Set(query.excluded)),
                degradedCode: degradedCode,
                isFailOpen: isFailOpen
            )
        }
        return Answer(
            code: code.code,
            contentType: .text,
            fields: code.fields,
            body: Array(list.text(isVerbose: query.isVerbose).utf8)
        )
    }

    /// The answer of `/readyz/<target>` and of `/readyz/<group>`; nil when there is neither.
    package func readiness(of name: TargetName) -> Answer? {
        guard let target = snapshot.target(name) else { return groupReadiness(of: name) }
        let code = statusCode(of: target)
        let text: String
        if snapshot.aggregate.status == .draining {
            text = "[-]agent/shutdown failed: \(shown(snapshot.aggregate.why, or: "draining"))\n"
        } else if target.status.asAggregate.passes {
            text = "ok"
        } else {
            let failure = shown(target.why, or: reasonCode(of: target) ?? target.status.rawValue)
            text = "[-]\(name) failed: \(failure)\n"
        }
        return Answer(code: code.code, contentType: .text, fields: code.fields, body: Array(text.utf8))
    }

    private func groupReadiness(of name: TargetName) -> Answer? {
        guard let group = GroupName(name.text).flatMap(snapshot.group) else { return nil }
        let code = statusCode(of: group)
        let text: String
        if snapshot.aggregate.status == .draining {
            text = "[-]agent/shutdown failed: \(shown(snapshot.aggregate.why, or: "draining"))\n"
        } else if group.status.asAggregate.passes {
            text = "ok"
        } else {
            let failure = shown(group.why, or: coded(group.status.rawValue, reasonCodes(of: group)))
            text = "[-]\(name) failed: \(failure)\n"
        }
        return Answer(code: code.code, contentType: .text, fields: code.fields, body: Array(text.utf8))
    }

    private var readinessChecks: [CheckList.Check] {
        let aggregate = snapshot.aggregate
        let isDraining = aggregate.status == .draining
        let targets = snapshot.groups.map(readinessCheck) + snapshot.targets.map(readinessCheck)
        var checks = [
            CheckList.Check(name: "agent/shutdown", failure: isDraining ? shown(aggregate.why, or: "draining") : nil),
            CheckList.Check(name: "agent/freshness", failure: isStalled ? shown(aggregate.why, or: "stale") : nil),
        ]
        if aggregate.isFailOpen {
            checks.append(CheckList.Check(name: "agent/fail-open", note: shown(aggregate.why, or: "in force")))
        }
        if !aggregate.status.passes, !isDraining, !isStalled, targets.allSatisfy({ $0.failure == nil }) {
            let failure = shown(aggregate.why, or: aggregate.status.rawValue)
            checks.append(CheckList.Check(name: "agent/aggregate", failure: failure))
        }
        return checks + targets
    }

    private func readinessCheck(of target: TargetHealth) -> CheckList.Check {
        var check = CheckList.Check(name: target.name.text, isExcludable: true)
        let status = snapshot.aggregate.status
        let isCounted = target.groups.isEmpty && target.maintenance == nil
        let counts = isCounted && target.impact == .required && !status.passes && status != .draining
        if counts, !target.status.asAggregate.passes {
            check.failure = shown(target.why, or: reasonCode(of: target) ?? target.status.rawValue)
        } else if target.status != .healthy || target.isRestored {
            check.note = target.status.rawValue + (target.isRestored ? " (restored)" : "") + remark(on: target)
        }
        return check
    }

    private func readinessCheck(of group: GroupHealth) -> CheckList.Check {
        var check = CheckList.Check(name: group.name.text, isExcludable: true)
        let status = snapshot.aggregate.status
        let counts = group.counts && group.impact == .required && !status.passes && status != .draining
        if counts, !group.status.asAggregate.passes {
            check.failure = shown(group.why, or: coded(group.status.rawValue, reasonCodes(of: group)))
        } else {
            let impact = group.impact == .required ? "" : " (impact \(group.impact.rawValue))"
            check.note = group.status.rawValue + (group.counts ? impact : " (counts for nothing)") + ": " + group.why
        }
        return check
    }

    /// Why a target's status is not what decides.
    private func remark(on target: TargetHealth) -> String {
        if target.maintenance != nil { return " (in maintenance)" }
        if let group = target.groups.first {
            return target.groups.count == 1 ? " (in group \(group))" : " (in \(target.groups.count) groups)"
        }
        return target.impact == .required ? "" : " (impact \(target.impact.rawValue))"
    }

    /// The status without the targets in `names`, once nothing else fails.
    private func status(excluding names: Set<String>) -> AggregateStatus {
        let targets = snapshot.targets.lazy.filter { target in
            target.impact != .informational && target.groups.isEmpty && target.maintenance == nil
                && !names.contains(target.name.text)
        }
        let groups = snapshot.groups.lazy.filter { group in
            group.impact != .informational && group.counts && !names.contains(group.name.text)
        }
        let isHealthy = targets.allSatisfy { $0.status == .healthy } && groups.allSatisfy { $0.status == .healthy }
        return isHealthy ? .healthy : .degraded
    }
}
