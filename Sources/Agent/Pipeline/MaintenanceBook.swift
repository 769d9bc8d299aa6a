// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The maintenance windows that are open, oldest first.
struct MaintenanceBook {
    private(set) var windows: [MaintenanceWindow] = []
    private var lastID: UInt64 = 0

    /// When the next window ends by itself.
    var nextEnd: MonotonicInstant? { windows.lazy.map(\.ends).min() }

    /// The window that a target is in: the one that ends last of those that are about it.
    func window(for spec: ProbeSpec) -> UInt64? {
        windows.filter { $0.selection.includes(spec) }.max { $0.ends < $1.ends }?.id
    }

    /// Opens a window.
    mutating func open(
        _ selection: MaintenanceSelection,
        for duration: Duration,
        _ order: Order,
        at moment: Moment
    ) -> MaintenanceWindow {
        lastID += 1
        let window = MaintenanceWindow(id: lastID, selection: selection, for: duration, order: order, at: moment)
        windows.append(window)
        return window
    }

    /// Closes a window; nil when there is none with this number.
    mutating func close(_ id: UInt64) -> MaintenanceWindow? {
        windows.firstIndex { $0.id == id }.map { windows.remove(at: $0) }
    }

    /// Closes the windows whose time is over; whether there were any.
    mutating func closeEnded(at now: MonotonicInstant) -> Bool {
        guard let nextEnd, nextEnd <= now else { return false }
        windows.removeAll { $0.ends <= now }
        return true
    }
}
