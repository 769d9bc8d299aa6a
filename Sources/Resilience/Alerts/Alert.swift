// SPDX-License-Identifier: Apache-2.0

/// Something that a person should know.
public struct Alert: Sendable, Hashable, Identifiable {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable, CaseIterable, Comparable {
        /// Good to know.
        case info
        /// Needs a look soon.
        case warning
        /// Needs somebody now.
        case critical

        /// Whether `left` is less bad than `right`.
        public static func < (left: Severity, right: Severity) -> Bool {
            left.rank < right.rank
        }

        private var rank: Int {
            switch self {
            case .info: 0
            case .warning: 1
            case .critical: 2
            }
        }
    }

    /// The same for the alert and its resolution; 32 hexadecimal digits.
    public let id: String
    /// When it was raised, since 1970-01-01T00:00:00Z; nil where no ``WallClock`` was given.
    public let timestamp: Duration?
    /// How bad it is.
    public let severity: Severity
    /// What kind of alert, such as `circuit_breaker_open`.
    public let type: String
    /// What has happened, in one line.
    public let message: String
    /// `endpoint`, `reason`, and whatever else helps.
    public let metadata: [String: String]
    /// Whether it is over.
    public internal(set) var isResolved: Bool
    /// When it was resolved, since 1970-01-01T00:00:00Z; nil while it is not, and where no ``WallClock`` was given.
    public internal(set) var resolvedAt: Duration?
}

/// Tells somebody about alerts: by mail, chat, pager, log.
public protocol AlertHandler: Sendable {
    /// Delivers one alert, or its resolution: the same `id` with `isResolved` set.
    ///
    /// A manager calls each handler from a task of its own, one alert at a time: a slow or failing handler delays nobody else.
    func handle(_ alert: Alert) async throws
}
