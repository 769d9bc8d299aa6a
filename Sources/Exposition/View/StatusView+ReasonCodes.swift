// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension StatusView {
    /// Why the aggregate is not healthy, in words from closed lists only, so that a listener without detail may say them:
    /// failure reasons, `starting`, `stale` and `fail_open`; sorted, each once.
    var reasonCodes: [String] {
        let codes = Set(snapshot.aggregate.causes.compactMap { snapshot.target($0).flatMap(reasonCode) })
        return codes.union(snapshot.aggregate.isFailOpen ? ["fail_open"] : []).sorted()
    }

    /// The words for why one group is not healthy; sorted, each once.
    func reasonCodes(of group: GroupHealth) -> [String] {
        Set(group.causes.compactMap { snapshot.target($0).flatMap(reasonCode) }).sorted()
    }

    /// The word for why one target is not healthy; nil when it is, or when its last outcome has no reason.
    func reasonCode(of target: TargetHealth) -> String? {
        switch target.status {
        case .healthy: nil
        case .starting, .stale: target.status.rawValue
        case .degraded, .unhealthy: target.lastOutcome?.failure?.reason.rawValue
        }
    }

    /// A status word with the codes behind it: `unhealthy: refused, timeout`.
    func coded(_ status: String, _ codes: [String]) -> String {
        let others = codes.filter { $0 != status }
        return others.isEmpty ? status : "\(status): \(others.joined(separator: ", "))"
    }

    /// `text` on one line where detail is shown, `code` elsewhere.
    func shown(_ text: String, or code: String) -> String {
        showsDetail ? singleLine(text) : code
    }
}
