// SPDX-License-Identifier: Apache-2.0

/// What `bellwether.yaml` says about the agent itself, after every value was checked.
package struct AgentSettings: Hashable, Sendable {
    /// The agent's name in every output; nil = the host name.
    package var name: String?
    /// The drop-in folder, relative to the configuration file's.
    package var probesDirectory: String
    /// Where state is kept across restarts.
    package var state: StateLocation
    /// After SIGTERM, how long 503 is answered before the listeners close.
    package var drain: Duration
    /// A verdict older than this many planned gaps between probes makes its target stale, 1 to 100.
    package var maximumStaleness: Int
    /// How many event loops run probes.
    package var loops: LoopSetting
    /// Where status is answered; at least one.
    package var listeners: [ListenerSettings]
    /// Where HAProxy's agent checks are answered; nil = nowhere.
    package var agentCheck: HostPort?
    /// False refuses every script probe.
    package var scriptsEnabled: Bool
    /// How many scripts run at once, over all targets: 1 to 1,000; the others wait for a place.
    package var scriptsAtOnce: Int
    /// Which addresses no probe may connect to.
    package var addresses: AddressRules
    /// What is logged, and how.
    package var log: LogSettings
    /// How the aggregate is made of the targets.
    package var aggregate: AggregateSettings

    package init(
        name: String? = nil,
        probesDirectory: String = "probes.d",
        state: StateLocation = .usual,
        drain: Duration = .seconds(10),
        maximumStaleness: Int = 3,
        loops: LoopSetting = .automatic,
        listeners: [ListenerSettings] = [ListenerSettings()],
        agentCheck: HostPort? = nil,
        scriptsEnabled: Bool = true,
        scriptsAtOnce: Int = 32,
        addresses: AddressRules = .standard,
        log: LogSettings = LogSettings(),
        aggregate: AggregateSettings = AggregateSettings()
    ) {
        self.name = name
        self.probesDirectory = probesDirectory
        self.state = state
        self.drain = drain
        self.maximumStaleness = maximumStaleness
        self.loops = loops
        self.listeners = listeners
        self.agentCheck = agentCheck
        self.scriptsEnabled = scriptsEnabled
        self.scriptsAtOnce = scriptsAtOnce
        self.addresses = addresses
        self.log = log
        self.aggregate = aggregate
    }
}

/// Where state is kept across restarts.
package enum StateLocation: Hashable, Sendable {
    /// The directory that the service manager gives (`$STATE_DIRECTORY`, systemd.exec(5)), or `/var/lib/bellwether`.
    case usual
    /// A directory by its absolute path.
    case directory(String)
    /// In memory only.
    case none
}

/// How many event loops run probes, each on a thread of its own.
package enum LoopSetting: Hashable, Sendable {
    /// The most that there may be.
    package static let most = 64

    /// As many as the targets of the start need by estimate, at most one for each processor.
    case automatic
    /// So many, 1 to ``most``.
    case count(Int)
}

/// What is logged, and how.
package struct LogSettings: Hashable, Sendable {
    /// The least important level that is written.
    package enum Level: String, CaseIterable, Hashable, Sendable {
        case trace, debug, info, notice, warning, error, critical
    }

    /// How a line looks.
    package enum Format: String, CaseIterable, Hashable, Sendable {
        /// Text on a terminal, journald priorities under systemd, text otherwise. The default.
        case auto
        /// Time, level, message and fields, for people.
        case text
        /// One JSON object a line.
        case json
        /// `<N>` priorities and no time, for the systemd journal.
        case journald
    }

    package var level: Level
    package var format: Format

    package init(level: Level = .info, format: Format = .auto) {
        self.level = level
        self.format = format
    }
}
