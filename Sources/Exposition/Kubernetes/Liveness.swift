// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Whether the process and its probe loop make progress: what `/livez` answers.
///
/// Deliberately knows nothing of targets: restarting the agent never cures a target.
package struct Liveness: Hashable, Sendable {
    /// Whether the probe loop has shown a sign of life within `bound`.
    package var isProgressing: Bool
    /// The longest time without a sign of life.
    package var bound: Duration

    package init(isProgressing: Bool, bound: Duration) {
        self.isProgressing = isProgressing
        self.bound = bound
    }

    /// The answer of `/livez`; the text depends on the state only, so it can be rendered ahead.
    package func answer(_ query: KubernetesQuery = KubernetesQuery()) -> Answer {
        let failure = isProgressing ? nil : "no sign of life for more than \(bound.readable)"
        let checks = [CheckList.Check(name: "agent/probe-loop", failure: failure)]
        let list = CheckList("livez", checks, excluding: query.excluded, namesTargets: true)
        return Answer(
            code: list.passes ? 200 : 503,
            contentType: .text,
            body: Array(list.text(isVerbose: query.isVerbose).utf8)
        )
    }
}
