// SPDX-License-Identifier: Apache-2.0

package import HealthModel

extension Assessment {
    /// Puts a target into maintenance by order, besides what its configuration plans; an empty list ends all orders.
    ///
    /// Windows are on the wall clock, for they are appointments with people; if it is set, what holds follows at once.
    package mutating func setMaintenance(_ orders: [Maintenance], of target: TargetID, at moment: Moment) {
        advance(at: moment)
        guard let record = record(target), record.maintenancePlan.orders != orders else { return }
        record.maintenancePlan.orders = orders
        watchMaintenance(target, record)
        settleMaintenance(target, record, at: moment)
        refreshAggregate(at: moment)
    }

    /// Lets windows begin and end.
    mutating func advanceMaintenance(at moment: Moment) {
        defer { maintenanceSeenAt = moment }
        guard let next = nextMaintenanceChange, moment.wall >= next || moment.wall < maintenanceSeenAt.wall else {
            return
        }
        nextMaintenanceChange = nil
        for target in maintained.sorted(by: { $0.index < $1.index }) {
            guard let record = record(target) else { continue }
            settleMaintenance(target, record, at: moment)
        }
        refreshAggregate(at: moment)
    }

    /// When the next window begins or ends, as far as the wall clock runs on from the last look.
    var maintenanceDeadline: MonotonicInstant? {
        nextMaintenanceChange.map { next in
            let nanoseconds = next.nanosecondsSinceEpoch.subtractingReportingOverflow(
                maintenanceSeenAt.wall.nanosecondsSinceEpoch
            )
            let wait = nanoseconds.overflow ? Duration.days365 : .nanoseconds(nanoseconds.partialValue)
            return maintenanceSeenAt.instant.advanced(by: max(.nanoseconds(1), wait))
        }
    }

    /// Keeps an eye on the target's windows and orders, where it has any.
    mutating func watchMaintenance(_ target: TargetID, _ record: TargetRecord) {
        // One whose plan was emptied while it is in maintenance is left to the next settlement.
        if record.maintenancePlan.isEmpty { maintained.remove(target) } else { maintained.insert(target) }
    }

    /// Takes over what holds now, and says so when it is something else than before.
    mutating func settleMaintenance(_ target: TargetID, _ record: TargetRecord, at moment: Moment, isTold: Bool = true)
    {
        let (current, changesAt) = record.maintenancePlan.state(at: moment.wall)
        if let changesAt { nextMaintenanceChange = min(nextMaintenanceChange ?? changesAt, changesAt) }
        guard current != record.maintenance else { return }
        recount(target, record) { record.maintenance = current }
        watchStaleness(target, record)
        touch(target, record)
        guard isTold else { return }
        changes.append(.maintenance(MaintenanceChange(target: record.spec.name, maintenance: current)), at: moment)
    }
}

extension Duration {
    /// Longer than anybody waits for.
    fileprivate static var days365: Duration { .seconds(365 * 86_400) }
}
