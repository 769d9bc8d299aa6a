// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// The answer of `/startupz`: 200 once every required target has had a verdict, whatever that verdict was.
    ///
    /// A required target without a verdict can be excluded by name.
    package func startup(_ query: KubernetesQuery = KubernetesQuery()) -> Answer {
        var checks = snapshot.targets.filter { $0.impact == .required && $0.maintenance == nil }.map { target in
            CheckList.Check(
                name: target.name.text,
                failure: target.status == .starting ? shown(target.why, or: "starting") : nil,
                isExcludable: true
            )
        }
        if !isStarted, checks.allSatisfy({ $0.failure == nil }) {
            checks.insert(CheckList.Check(name: "agent/aggregate", failure: "starting"), at: 0)
        }
        let list = CheckList("startupz", checks, excluding: query.excluded, namesTargets: showsDetail)
        let waiting = snapshot.targets.filter {
            $0.impact == .required && $0.status == .starting && $0.maintenance == nil
        }
        let code = StatusCode(
            list.passes ? .healthy : .starting,
            retryAfter: retryAfter(waiting.compactMap(\.nextDue).min())
        )
        return Answer(
            code: code.code,
            contentType: .text,
            fields: code.fields,
            body: Array(list.text(isVerbose: query.isVerbose).utf8)
        )
    }
}
