// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Logging

/// Writes swift-log's events as lines of one format to one sink.
struct AgentLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let format: LogSettings.Format
    private let sink: any LogSink
    private let wallTime: @Sendable () -> WallTime

    init(
        level: Logger.Level,
        format: LogSettings.Format,
        sink: any LogSink,
        wallTime: @escaping @Sendable () -> WallTime
    ) {
        logLevel = level
        self.format = format
        self.sink = sink
        self.wallTime = wallTime
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { _, new in new } }
        if let own = event.metadata { fields.merge(own) { _, new in new } }
        let line = LogLine(
            time: wallTime(),
            level: event.level,
            message: "\(event.message)",
            fields: fields.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        )
        sink.write(line.rendered(as: format))
    }
}
