// SPDX-License-Identifier: Apache-2.0

/// The keys that the configuration contract knows at one place.
struct KnownKeys {
    /// Keys that are read.
    let supported: [String]
    /// Keys of the contract that this version does not read; they are refused by name.
    var later: [String] = []
    /// Keys that belong somewhere else, with that place.
    var elsewhere: [String: String] = [:]
    /// Every key of the contract at this place; a suggestion may name any.
    var all: [String] { supported + later }
}

/// Every key of the configuration contract, place by place.
enum ContractKeys {
    static let mainFile = KnownKeys(
        supported: ["agent", "listen", "scripts", "defaults", "log"],
        later: ["addresses", "agent_check", "aggregate", "groups"],
        elsewhere: ["probes": "write it in a file of the probes directory"]
    )
    static let probeFile = KnownKeys(
        supported: ["defaults", "probes"],
        elsewhere: Dictionary(
            uniqueKeysWithValues: [
                "agent", "listen", "scripts", "log", "addresses", "agent_check", "aggregate", "groups",
            ]
            .map { ($0, "write it in bellwether.yaml") }
        )
    )
    static let agent = KnownKeys(supported: ["name", "probes", "state", "drain", "max_staleness"])
    static let listener = KnownKeys(
        supported: ["address", "degraded", "detail"],
        later: ["tls", "http2", "token", "admin"]
    )
    static let scripts = KnownKeys(supported: ["enabled"])
    static let log = KnownKeys(supported: ["level", "format"])

    static let defaults = KnownKeys(
        supported: ["interval", "timeout", "jitter", "initial_delay", "impact", "description", "tags", "breaker"],
        later: ["groups", "depends_on", "maintenance", "retry"],
        elsewhere: Dictionary(
            uniqueKeysWithValues: kinds.all.map { ($0, "a kind of probe has no default") }
        )
    )
    static let kinds = KnownKeys(supported: ["http", "tcp", "grpc", "script"], later: ["websocket"])
    static let probe = KnownKeys(
        supported: kinds.supported + defaults.supported,
        later: kinds.later + defaults.later
    )

    static let http = KnownKeys(
        supported: [
            "url", "method", "headers", "body", "expect", "slow", "redirects", "connection", "max_body", "tls",
        ],
        later: ["body_file", "version", "decompress", "auth", "proxy", "address", "unix_socket"]
    )
    static let httpExpect = KnownKeys(supported: ["status", "body"], later: ["json", "headers"])
    static let httpExpectBody = KnownKeys(supported: ["contains", "matches", "not_matches"])
    static let httpTLS = KnownKeys(
        supported: ["ca", "verify", "server_name"],
        later: ["certificate", "key", "min_version", "expiry"]
    )
    static let tcp = KnownKeys(supported: ["address"], later: ["tls", "starttls", "dialog"])
    static let grpc = KnownKeys(supported: ["address", "service", "authority", "tls", "metadata", "mode"])
    static let script = KnownKeys(
        supported: ["command", "environment", "max_output", "protocol"],
        later: ["user"]
    )

    static let breaker = KnownKeys(supported: [
        "failure_threshold", "failure_rate", "minimum_calls", "window", "n_of_m", "slow_call", "success_threshold",
        "half_open_max_calls", "half_open_interval", "open_for", "backoff", "while_open",
    ])
    static let slowCall = KnownKeys(supported: ["over", "rate"])
    static let backoff = KnownKeys(supported: ["multiplier", "max", "jitter"])

    /// The keys of a mapping that stands for a text kept elsewhere.
    static let references: Set<String> = ["env", "file", "credential"]
}
