// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import Logging

extension Logger {
    /// A logger as `bellwether.yaml` asks for it.
    ///
    /// - Parameters:
    ///   - settings: level and format; `auto` becomes `journald` when `isJournal`, else `text`.
    ///   - isJournal: whether standard error is the systemd journal.
    ///   - wallTime: the calendar.
    /// - Returns: the logger; what it writes goes to standard error.
    package static func agent(
        _ settings: LogSettings,
        isJournal: Bool,
        wallTime: @escaping @Sendable () -> WallTime
    ) -> Logger {
        let format = settings.format == .auto ? (isJournal ? LogSettings.Format.journald : .text) : settings.format
        let level = Logger.Level(rawValue: settings.level.rawValue) ?? .info
        let sink = StandardErrorSink()
        return Logger(label: "bellwether") { _ in
            AgentLogHandler(level: level, format: format, sink: sink, wallTime: wallTime)
        }
    }
}
