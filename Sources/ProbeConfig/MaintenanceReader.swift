// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `maintenance`: a list of windows, each once or every week.
struct MaintenanceReader {
    /// Who knows time zones; nil = only UTC is known.
    let zones: (any ZoneSource)?

    /// The most windows of one probe.
    static let mostWindows = 32
    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    /// The windows, or nil after a complaint.
    func read(_ field: Field) -> [MaintenanceWindow]? {
        guard let items = field.items() else { return nil }
        guard items.count <= Self.mostWindows else {
            field.error("\(items.count) windows (at most \(Self.mostWindows))", DiagnosticDetail(.tooMany))
            return nil
        }
        let windows = items.map(window)
        return windows.contains { $0 == nil } ? nil : windows.compactMap(\.self)
    }

    private func window(_ field: Field) -> MaintenanceWindow? {
        guard case .mapping = field.node.content else {
            field.error(
                "expected a mapping (from and to, or weekly), found \(field.isNull ? "nothing" : field.shape)",
                DiagnosticDetail(.wrongShape)
            )
            return nil
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.maintenance) else { return nil }
        let reason = mapping.field("reason").map { $0.filledText("a reason") }
        if let weekly = mapping.field("weekly") {
            for key in ["from", "to"] { mapping.field(key)?.error("does not go with weekly") }
            return self.weekly(weekly, zone: mapping.field("zone"), reason: reason)
        }
        mapping.field("zone")?.error("goes with weekly only (from and to carry their offset)")
        guard let from = mapping.required("from", "write from and to, or weekly"),
            let to = mapping.required("to", "write from and to, or weekly")
        else { return nil }
        guard let start = time(from), let end = time(to) else { return nil }
        guard start < end else {
            to.error("is not later than from")
            return nil
        }
        return .once(from: start, to: end, reason: (reason ?? nil) ?? "planned maintenance")
    }

    private func time(_ field: Field) -> WallTime? {
        guard let text = field.scalar(expecting: "a time (2026-12-01T22:00Z)")?.text else { return nil }
        guard let time = WallTime(rfc3339: text) else {
            field.error(
                "\(VisibleText.quoted(text)) is not a time (use 2026-12-01T22:00Z or 2026-12-01T22:00:00+01:00)"
            )
            return nil
        }
        return time
    }

    private func weekly(_ field: Field, zone: Field?, reason: String??) -> MaintenanceWindow? {
        let rules = zone.map(self.zone) ?? .utc
        guard let text = field.scalar(expecting: "a day and two times (Sun 02:00-04:00)")?.text else { return nil }
        let words = text.split(separator: " ")
        let times = words.count == 2 ? words[1].split(separator: "-", omittingEmptySubsequences: false) : []
        guard times.count == 2, let weekday = Self.weekdays.firstIndex(of: words[0].lowercased()),
            let start = Self.secondOfDay(times[0]), let end = Self.secondOfDay(times[1]), start < 86_400
        else {
            field.error("\(VisibleText.quoted(text)) is not a day and two times (use Sun 02:00-04:00)")
            return nil
        }
        guard start != end else {
            field.error(
                "\(VisibleText.quoted(text)) is empty (a whole day is 00:00-24:00)",
                DiagnosticDetail(.missingValue)
            )
            return nil
        }
        guard let rules else { return nil }
        let name = text + (rules.name == "UTC" ? " UTC" : " in \(rules.name)")
        return .weekly(
            WeeklyWindow(weekday: Int64(weekday), start: start, end: end, zone: rules),
            reason: (reason ?? nil) ?? "weekly maintenance, \(name)"
        )
    }

    /// Seconds after midnight of `02:00` or `24:00`.
    private static func secondOfDay(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let hour = Int64(parts[0]), let minute = Int64(parts[1]), minute <= 59
        else { return nil }
        return hour < 24 || (hour == 24 && minute == 0) ? hour * 3_600 + minute * 60 : nil
    }

    private func zone(_ field: Field) -> ZoneRules? {
        guard let text = field.filledText("a time zone") else { return nil }
        if text == "UTC" { return .utc }
        if let rules = zones?.zone(named: text) { return rules }
        field.error(
            "\(VisibleText.quoted(text)) is not a time zone of this machine (use a name below /usr/share/zoneinfo: "
                + "Europe/Berlin, UTC)"
        )
        return nil
    }
}
