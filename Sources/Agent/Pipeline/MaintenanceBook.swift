// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The maintenance windows that are open, oldest first.
struct MaintenanceBook {
    private(set) var windows: [MaintenanceOrder] = [] {
        didSet { nextEnd = windows.map(\.ends).min() }
    }
    private var lastID: UInt64 = 0

    /// When the next window ends by itself.
    private(set) var nextEnd: MonotonicInstant?

    /// What the windows that are about a target say.
    func orders(for spec: ProbeSpec) -> [Maintenance] {
        windows.filter { $0.selection.includes(spec) }
            .map { Maintenance(until: $0.until, reason: $0.reason ?? "ordered by \($0.by)") }
    }

    /// Opens a window.
    mutating func open(
        _ selection: MaintenanceSelection,
        for duration: Duration,
        _ order: Order,
        since: WallTime? = nil,
        at moment: Moment
    ) -> MaintenanceOrder {
        lastID += 1
        let window = MaintenanceOrder(
            id: lastID,
            selection: selection,
            for: duration,
            order: order,
            since: since,
            at: moment
        )
        windows.append(window)
        return window
    }

    /// Closes a window; nil when there is none with this number.
    mutating func close(_ id: UInt64) -> MaintenanceOrder? {
        windows.firstIndex { $0.id == id }.map { windows.remove(at: $0) }
    }

    /// Closes the windows whose time is over; whether there were any.
    mutating func closeEnded(at now: MonotonicInstant) -> Bool {
        guard let nextEnd, nextEnd <= now else { return false }
        windows.removeAll { $0.ends <= now }
        return true
    }
}
