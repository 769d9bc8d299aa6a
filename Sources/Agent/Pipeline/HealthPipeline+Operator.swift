// SPDX-License-Identifier: Apache-2.0

import Assessment
package import HealthModel
import ProbeSchedule

extension HealthPipeline {
    /// Takes out a target to probe now, whenever it is due.
    ///
    /// Its outcome counts like any other, unless its breaker does not admit it: then it is shown only.
    ///
    /// - Returns: the run, and whether its outcome will count.
    package mutating func startNow(
        _ name: TargetName,
        at moment: Moment
    ) throws(AdminRefusal) -> (ProbeStart, counts: Bool) {
        advance(at: moment)
        guard let target = table[name] else { throw .unknownTarget(name) }
        guard !isDraining else { throw .unavailable("the agent is shutting down") }
        guard let tick = schedule.start(target, now: moment.instant) else {
            throw .busy("a probe of \(name) is under way", retryAfter: 1)
        }
        let counts = assessment.beginNow(target, at: moment)
        guard let start = start(tick, at: moment) else { throw .unknownTarget(name) }
        noteChanges(at: moment)
        return (start, counts)
    }

    /// Does with a target's breaker what an operator asks for; a target that was closed is probed at once.
    package mutating func act(
        _ action: BreakerAction,
        _ order: Order,
        on name: TargetName,
        at moment: Moment
    ) throws(AdminRefusal) -> TargetHealth {
        advance(at: moment)
        guard let target = table[name] else { throw .unknownTarget(name) }
        assessment.act(action, order, on: target, at: moment)
        journal?.orderGiven()
        if action != .open, !isDraining { schedule.hurry(target, now: moment.instant) }
        pacer.note(.target, now: moment.instant)
        noteChanges(at: moment)
        guard let health = health(of: target) else { throw .unknownTarget(name) }
        return health
    }

    /// Opens a maintenance window.
    ///
    /// - Returns: the window, and the targets that are in it now.
    package mutating func beginMaintenance(
        _ selection: MaintenanceSelection,
        _ order: Order,
        at moment: Moment
    ) throws(AdminRefusal) -> (MaintenanceOrder, [TargetName]) {
        advance(at: moment)
        for (index, name) in selection.targets.enumerated() where table[name] == nil {
            throw .invalid(path: "targets[\(index)]", message: "there is no target \(name)")
        }
        for (index, name) in selection.groups.enumerated() where !assessment.hasGroup(name) {
            throw .invalid(path: "groups[\(index)]", message: "there is no group \(name)")
        }
        guard maintenance.windows.count < MaintenanceOrder.maximumWindows else {
            throw .busy("there are \(MaintenanceOrder.maximumWindows) maintenance windows already", retryAfter: 60)
        }
        guard let duration = order.duration else { throw .invalid(path: "for", message: "is missing") }
        let targets = table.targetsByName.compactMap { table.definition(of: $0)?.spec }.filter {
            selection.includes($0)
        }
        guard !targets.isEmpty else {
            throw selection.tags.isEmpty
                ? .invalid(path: "groups", message: "no target is in any of them")
                : .invalid(path: "tags", message: "no target has all of them")
        }
        let window = maintenance.open(selection, for: duration, order, at: moment)
        applyMaintenance(at: moment)
        return (window, targets.map(\.name))
    }

    /// Ends a maintenance window before its time.
    package mutating func endMaintenance(_ id: UInt64, at moment: Moment) throws(AdminRefusal) -> MaintenanceOrder {
        advance(at: moment)
        guard let window = maintenance.close(id) else { throw .unknownMaintenance(id) }
        applyMaintenance(at: moment)
        return window
    }

    /// Whether there is such a target.
    package func knows(_ name: TargetName) -> Bool { table[name] != nil }

    /// What is remembered of a target.
    package func history(
        of name: TargetName,
        since: WallTime?,
        limit: Int
    ) throws(AdminRefusal) -> TargetHistory {
        guard let target = table[name] else { throw .unknownTarget(name) }
        return histories.history(of: target, name: name, since: since, limit: limit)
    }

    /// Ends the windows whose time is over.
    mutating func endMaintenance(at moment: Moment) {
        if maintenance.closeEnded(at: moment.instant) { applyMaintenance(at: moment) }
    }

    /// Remembers a change of a target.
    mutating func note(_ change: HealthChange) {
        guard case .target(let status) = change.event, let target = table[status.endpoint] else { return }
        histories.note(status, of: target, at: change.moment.wall)
    }

    /// Puts every target into its window, or out of any; linear in targets and windows, and only when a window comes or goes.
    mutating func applyMaintenance(at moment: Moment) {
        for target in table.targetsByName {
            guard let spec = table.definition(of: target)?.spec else { continue }
            assessment.setMaintenance(maintenance.orders(for: spec), of: target, at: moment)
        }
        pacer.note(.target, now: moment.instant)
        noteChanges(at: moment)
    }
}
