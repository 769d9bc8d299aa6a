// SPDX-License-Identifier: Apache-2.0

import HealthModel

// HAProxy configuration manual, "agent-check": one line of words. `ready`, `drain` and `maint` set the administrative state,
// `up` and `down` the operational one, and a percentage the weight relative to the configured one. Only the agent undoes what
// it set, so a passing answer always says all three: after a `drain` of an earlier run the server would otherwise stay
// drained for ever. `up` does not override HAProxy's own check of the server.

extension StatusView {
    /// Most bytes of the reason behind `#`.
    private static let mostReasonBytes = 200

    /// The line that answers a connection to the agent-check port, ended by a line feed.
    ///
    /// | status | line |
    /// |---|---|
    /// | healthy | `ready up 100%` |
    /// | degraded | `ready up 50%`: the share of healthy targets, see ``SubjectStatus/healthyPercent``, at least 1 |
    /// | unhealthy, starting | `down # reason` |
    /// | draining | `drain` |
    ///
    /// - Parameter name: what the connection asked about: a target or group; nil or empty is the aggregate.
    /// - Returns: the line. A name nobody has is down, as 404 is on a status path: were it ignored, a server would keep the
    ///   state it had when its target was renamed.
    package func agentCheckLine(about name: String?) -> [UInt8] {
        guard let subject = subject(called: name ?? ""), let status = status(of: subject) else {
            return line(
                "down",
                because: showsDetail ? "no target or group is called \(quoted(name ?? ""))" : "unknown name"
            )
        }
        switch status.status {
        case .healthy: return line("ready up 100%")
        case .degraded: return line("ready up \(max(1, status.healthyPercent))%")
        case .unhealthy, .starting: return line("down", because: status.explanation)
        case .draining: return line("drain")
        }
    }

    private func subject(called name: String) -> StatusSubject? {
        name.isEmpty ? .aggregate : TargetName(name).map(StatusSubject.named)
    }

    private func line(_ words: String, because reason: String? = nil) -> [UInt8] {
        var bytes = Array(words.utf8)
        if let reason {
            bytes += " # ".utf8
            bytes += singleLine(reason).utf8(atMost: Self.mostReasonBytes)
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}
