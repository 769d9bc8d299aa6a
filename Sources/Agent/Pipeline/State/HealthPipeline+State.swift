// SPDX-License-Identifier: Apache-2.0

import Assessment
package import HealthModel
package import StateStore

extension HealthPipeline {
    /// Puts back what an earlier run has left: of each target what still holds, and the maintenance windows that are not over.
    mutating func restore(_ state: SavedState, at moment: Moment) {
        for window in state.maintenance { maintenance.restore(window, at: moment) }
        applyMaintenance(at: moment)
        for target in table.targetsByName {
            guard let spec = table.definition(of: target)?.spec, let found = state.targets[spec.name] else { continue }
            assessment.restore(target, from: found, at: moment)
        }
    }

    /// Hands out what is to survive and was not handed out before.
    ///
    /// - Parameters:
    ///   - moment: the present.
    ///   - isLast: whether everything must go, due or not.
    /// - Returns: a batch, perhaps empty, once a second; nil in between, and where no state is kept.
    package mutating func takeState(at moment: Moment, isLast: Bool = false) -> StateBatch? {
        // Asked for in every turn of the loop, and most often for nothing.
        guard let room = journal?.room(at: moment.instant) else { return nil }
        if isLast || room > 0 {
            for saved in assessment.takeUnsaved(limit: isLast ? .max : room, at: moment) { journal?.note(saved) }
        }
        guard isLast || journal?.isDue(at: moment.instant) == true else { return nil }
        advance(at: moment)
        journal?.note(maintenance.windows, at: moment.instant)
        var batch = journal?.take(at: moment, isLast: isLast) ?? StateBatch()
        if journal?.takesHeard(at: moment.instant) == true || isLast {
            assessment.takeHeard { name, end, sequence in
                batch.heard.append(StateBatch.Heard(name, instant: end, sequence: sequence))
            }
        }
        return batch
    }

    /// Takes note of how keeping goes: a problem is shown, and what the store has lost is handed out again.
    package mutating func note(_ reply: StateReply, at moment: Moment) {
        if reply.wantsEverything {
            assessment.markAllUnsaved()
            journal?.note(roster: Set(table.names))
            journal?.forgetWindows()
        }
        stateProblem = reply.problem.map { error in
            AgentProblem(.state, since: stateProblem?.since ?? moment.wall, message: error.message)
        }
    }
}

extension MaintenanceBook {
    /// Opens a window of an earlier run again, for what is left of it.
    fileprivate mutating func restore(_ saved: SavedMaintenance, at moment: Moment) {
        guard saved.remaining > .zero, windows.count < MaintenanceOrder.maximumWindows else { return }
        let selection = MaintenanceSelection(
            targets: saved.targets,
            groups: saved.groups.compactMap { GroupName($0) },
            tags: saved.tags
        )
        let order = Order(duration: saved.remaining, reason: saved.reason, by: saved.by)
        _ = open(selection, for: saved.remaining, order, since: saved.since, at: moment)
    }
}
