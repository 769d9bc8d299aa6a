// SPDX-License-Identifier: Apache-2.0

/// What a client asks the running agent to do, or what only the probe loop knows; a value that travels as a message.
package enum AdminCommand: Hashable, Sendable {
    /// The newest entries of a target's history, at most `limit`, none older than `since`.
    case history(TargetName, since: WallTime?, limit: Int)
    /// The newest stored spans of a target's history, at most `limit`, none that ended before `since`.
    case rolledHistory(TargetName, HistoryStep, since: WallTime?, limit: Int)
    /// Probe a target now.
    case probe(TargetName)
    /// Do something with a target's breaker.
    case breaker(TargetName, BreakerAction, Order)
    /// Begin a maintenance window; its order has a duration.
    case beginMaintenance(MaintenanceSelection, Order)
    /// End a maintenance window.
    case endMaintenance(UInt64)
    /// Read the configuration again.
    case reload
}

/// What came of a command.
package indirect enum AdminResult: Hashable, Sendable {
    case history(TargetHistory)
    case rolledHistory(RolledHistory)
    case probed(ProbedTarget)
    /// The target as it is after something was done with its breaker.
    case breaker(TargetHealth)
    /// The window that began, and the targets in it now, sorted.
    case maintenance(MaintenanceOrder, targets: [TargetName])
    /// The window that ended.
    case maintenanceEnded(MaintenanceOrder)
    case reloaded(ReloadReport)
    case refused(AdminRefusal)
}

/// Why a command was not done; nothing has changed then.
package enum AdminRefusal: Error, Hashable, Sendable {
    case unknownTarget(TargetName)
    case unknownMaintenance(UInt64)
    /// Too much of it is under way; it may be tried again after so many seconds.
    case busy(String, retryAfter: Int)
    /// The agent cannot do it just now: it starts, stops or does not answer.
    case unavailable(String)
    /// A member of the request asks for something that is not there: its path, and what is wrong.
    case invalid(path: String, message: String)
    /// The new configuration is wrong.
    case configuration([ReportedDiagnostic])
}

/// An outcome that was asked for.
package struct ProbedTarget: Hashable, Sendable {
    package let target: TargetName
    package let kind: String
    package let outcome: Outcome
    package let at: WallTime
    /// Whether it counted; one that the breaker did not admit is shown, and moves nothing.
    package let counted: Bool

    package init(target: TargetName, kind: String, outcome: Outcome, at: WallTime, counted: Bool) {
        self.target = target
        self.kind = kind
        self.outcome = outcome
        self.at = at
        self.counted = counted
    }
}

/// What a reload changed.
package struct ReloadReport: Hashable, Sendable {
    /// Names, each list sorted.
    package var added: [TargetName]
    package var changed: [TargetName]
    package var removed: [TargetName]
    /// How many targets are as they were.
    package var unchanged: Int
    /// Whether settings changed that only a restart takes over: listeners, log, drain time.
    package var needsRestart: Bool
    /// What looks wrong but is legal.
    package var warnings: [ReportedDiagnostic]

    package init(
        added: [TargetName] = [],
        changed: [TargetName] = [],
        removed: [TargetName] = [],
        unchanged: Int = 0,
        needsRestart: Bool = false,
        warnings: [ReportedDiagnostic] = []
    ) {
        self.added = added
        self.changed = changed
        self.removed = removed
        self.unchanged = unchanged
        self.needsRestart = needsRestart
        self.warnings = warnings
    }
}

/// One thing that is wrong, or looks wrong, in the configuration, as it is reported.
package struct ReportedDiagnostic: Hashable, Sendable {
    /// `error` or `warning`.
    package var severity: String
    package var file: String
    package var line: Int?
    package var column: Int?
    /// The keys that lead to it: `probes.checkout.timeout`.
    package var key: String
    package var message: String

    package init(severity: String, file: String, line: Int?, column: Int?, key: String, message: String) {
        self.severity = severity
        self.file = file
        self.line = line
        self.column = column
        self.key = key
        self.message = message
    }
}
