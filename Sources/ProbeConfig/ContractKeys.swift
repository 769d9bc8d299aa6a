// SPDX-License-Identifier: Apache-2.0

/// The keys that the configuration contract knows at one place.
struct KnownKeys {
    /// Keys that are read, each of which a suggestion may name.
    let supported: [String]
    /// Keys that belong somewhere else, with that place.
    var elsewhere: [String: String] = [:]
}

/// Every key of the configuration contract, place by place.
enum ContractKeys {
    static let mainFile = KnownKeys(
        supported: [
            "agent", "listen", "agent_check", "scripts", "addresses", "defaults", "log", "aggregate", "groups",
        ],
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
    static let agent = KnownKeys(supported: ["name", "probes", "state", "drain", "max_staleness", "loops"])
    static let listener = KnownKeys(
        supported: ["address", "degraded", "detail", "tls", "http2", "token", "admin"]
    )
    static let agentCheck = KnownKeys(supported: ["address"])
    static let listenerTLS = KnownKeys(supported: ["certificate", "key", "client_ca"])
    static let scripts = KnownKeys(supported: ["enabled", "at_once"])
    static let log = KnownKeys(supported: ["level", "format"])

    static let defaults = KnownKeys(
        supported: [
            "interval", "timeout", "jitter", "initial_delay", "impact", "description", "tags", "breaker", "groups",
            "depends_on", "maintenance", "retry",
        ],
        elsewhere: Dictionary(
            uniqueKeysWithValues: kinds.supported.map { ($0, "a kind of probe has no default") }
        )
    )
    static let kinds = KnownKeys(
        supported: ["http", "tcp", "grpc", "websocket", "script", "dns", "udp", "icmp", "process", "tls"]
    )
    static let probe = KnownKeys(supported: kinds.supported + defaults.supported)

    static let http = KnownKeys(
        supported: [
            "url", "method", "headers", "body", "expect", "slow", "redirects", "connection", "max_body", "tls",
            "auth", "body_file", "version", "decompress", "redirect_hosts", "proxy", "address", "unix_socket",
        ]
    )
    static let addressChoice = KnownKeys(supported: ["family", "resolve", "policy", "source"])
    static let addresses = KnownKeys(supported: ["deny"])
    static let httpAuth = KnownKeys(supported: ["basic", "bearer"])
    static let httpAuthBasic = KnownKeys(supported: ["user", "password"])
    static let httpExpect = KnownKeys(supported: ["status", "body", "json", "headers"])
    static let httpExpectBody = KnownKeys(supported: ["contains", "matches", "not_matches"])
    static let tls = KnownKeys(
        supported: ["ca", "certificate", "key", "server_name", "min_version", "verify", "expiry", "resume"]
    )
    static let tlsExpiry = KnownKeys(supported: ["degraded", "unhealthy"])
    static let tcp = KnownKeys(supported: ["address", "tls", "starttls", "dialog"] + addressChoice.supported)
    static let webSocket = KnownKeys(
        supported: ["url", "subprotocol", "headers", "dialog", "ping", "max_message", "tls", "address"]
    )
    static let webSocketStep = KnownKeys(supported: ["send", "expect", "send_binary", "expect_binary"])
    static let grpc = KnownKeys(
        supported: ["address", "service", "authority", "tls", "metadata", "mode"] + addressChoice.supported
    )
    static let script = KnownKeys(
        supported: ["command", "environment", "user", "directory", "mode", "limits", "max_output", "protocol"]
    )
    static let scriptLimits = KnownKeys(supported: ["memory", "cpu", "file_size"])

    static let breaker = KnownKeys(supported: [
        "failure_threshold", "failure_rate", "minimum_calls", "window", "n_of_m", "slow_call", "success_threshold",
        "half_open_max_calls", "half_open_interval", "open_for", "backoff", "while_open",
    ])
    static let slowCall = KnownKeys(supported: ["over", "rate"])
    static let backoff = KnownKeys(supported: ["multiplier", "max", "jitter"])

    static let aggregate = KnownKeys(supported: ["policy", "fail_open"])
    static let group = KnownKeys(supported: ["policy", "impact"])
    static let policy = KnownKeys(supported: ["quorum", "at_least"])
    static let maintenance = KnownKeys(supported: ["from", "to", "weekly", "zone", "reason"])
    static let retry = KnownKeys(supported: ["attempts", "backoff"])

    /// The keys of a mapping that stands for a text kept elsewhere.
    static let references: Set<String> = ["env", "file", "credential"]
}
