// SPDX-License-Identifier: Apache-2.0

package import HealthModel

extension StatusView {
    /// The answer of `/readyz`: the aggregate's code with Kubernetes text.
    ///
    /// While the aggregate passes, nothing fails the endpoint, whatever a single target says: the policy decides, not the
    /// list. While it fails, the required targets that are down fail it, and a client may exclude those by name. Draining,
    /// a stalled agent and a policy that no single target explains cannot be excluded.
    package func readiness(_ query: KubernetesQuery = KubernetesQuery()) -> Answer {
        let list = CheckList("readyz", readinessChecks, excluding: query.excluded, namesTargets: showsDetail)
        var code = statusCode
        if !query.excluded.isEmpty, list.passes {
            code = StatusCode(status(excluding: Set(query.excluded)), degradedCode: degradedCode)
        }
        return Answer(
            code: code.code,
            contentType: .text,
            fields: code.fields,
            body: Array(list.text(isVerbose: query.isVerbose).utf8)
        )
    }

    /// The answer of `/readyz/<target>`; nil when there is no such target.
    package func readiness(of name: TargetName) -> Answer? {
        guard let target = snapshot.target(name) else { return nil }
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

    private var readinessChecks: [CheckList.Check] {
        let aggregate = snapshot.aggregate
        let isDraining = aggregate.status == .draining
        let targets = snapshot.targets.map(readinessCheck)
        var checks = [
            CheckList.Check(name: "agent/shutdown", failure: isDraining ? shown(aggregate.why, or: "draining") : nil),
            CheckList.Check(name: "agent/freshness", failure: isStalled ? shown(aggregate.why, or: "stale") : nil),
        ]
        if !aggregate.status.passes, !isDraining, !isStalled, targets.allSatisfy({ $0.failure == nil }) {
            let failure = shown(aggregate.why, or: aggregate.status.rawValue)
            checks.append(CheckList.Check(name: "agent/aggregate", failure: failure))
        }
        return checks + targets
    }

    private func readinessCheck(of target: TargetHealth) -> CheckList.Check {
        var check = CheckList.Check(name: target.name.text, isExcludable: true)
        let status = snapshot.aggregate.status
        let counts = target.impact == .required && !status.passes && status != .draining
        if counts, !target.status.asAggregate.passes {
            check.failure = shown(target.why, or: reasonCode(of: target) ?? target.status.rawValue)
        } else if target.status != .healthy {
            let impact = target.impact == .required ? "" : " (impact \(target.impact.rawValue))"
            check.note = target.status.rawValue + impact
        }
        return check
    }

    /// The status without the targets in `names`, once nothing else fails.
    private func status(excluding names: Set<String>) -> AggregateStatus {
        let others = snapshot.targets.lazy.filter { $0.impact != .informational && !names.contains($0.name.text) }
        return others.allSatisfy { $0.status == .healthy } ? .healthy : .degraded
    }
}
