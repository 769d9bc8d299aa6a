// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// When a target is in maintenance: by its configuration, and by order of somebody.
struct MaintenancePlan {
    var windows: [MaintenanceWindow] = []
    var orders: [Maintenance] = []

    var isEmpty: Bool { windows.isEmpty && orders.isEmpty }

    /// What holds at `time`, the one that ends last where there are several, and when that may change.
    func state(at time: WallTime) -> (current: Maintenance?, changesAt: WallTime?) {
        var current: [Maintenance] = []
        var changes: [WallTime] = []
        for window in windows {
            guard let (from, to) = window.next(at: time) else { continue }
            if from <= time {
                current.append(Maintenance(until: to, reason: window.reason))
                changes.append(to)
            } else {
                changes.append(from)
            }
        }
        for order in orders where !order.isOver(at: time) {
            current.append(order)
            if let until = order.until { changes.append(until) }
        }
        return (Maintenance.longest(current), changes.min())
    }
}
