// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension SchemaPlace {
    /// The mappings of bellwether.yaml, its outermost one last.
    static var main: [SchemaPlace] {
        let listener = SchemaShape.textLike(pattern: "^(unix:/.+|systemd(:.+)?|(\\[[^\\]]+\\]|[^:/@\\s]+):[0-9]{1,5})$")
        return [
            SchemaPlace(
                name: "agent",
                known: ContractKeys.agent,
                keys: [
                    SchemaKey("name", "How the agent calls itself.", .filledText, otherwise: "the host's name"),
                    SchemaKey(
                        "probes",
                        "The folder of probe files, relative to this file.",
                        .filledText,
                        builtIn: "probes.d"
                    ),
                    SchemaKey(
                        "state",
                        "Where the agent keeps what it remembers across restarts, or none.",
                        .textLike(pattern: "^(/.*|none)$")
                    ),
                    SchemaKey(
                        "drain",
                        "How long readiness answers 503 after SIGTERM.",
                        .duration(Limits.drain),
                        builtIn: "10s"
                    ),
                    SchemaKey(
                        "max_staleness",
                        "A verdict older than so many intervals is not believed.",
                        .whole(Limits.staleness),
                        builtIn: "3"
                    ),
                    SchemaKey(
                        "loops",
                        "How many event loops run probes; auto: as many as the targets need, at most one for each processor.",
                        .either([.words(["auto"]), .whole(Limits.loops)]),
                        builtIn: "auto"
                    ),
                ]
            ),
            SchemaPlace(
                name: "listener",
                known: ContractKeys.listener,
                keys: [
                    SchemaKey("address", "host:port, [::]:port, unix:/path, or systemd.", listener),
                    SchemaKey(
                        "degraded",
                        "The code of a degraded answer.",
                        .words(["200", "429", "503"]),
                        builtIn: "200"
                    ),
                    SchemaKey(
                        "detail",
                        "Whether status answers name targets and reasons; auto: on loopback and unix sockets.",
                        words(ListenerSettings.Detail.self),
                        builtIn: "auto"
                    ),
                    SchemaKey("tls", "Speaks TLS.", .place("listenerTLS"), otherwise: "plain text"),
                    SchemaKey("http2", "Whether HTTP/2, and gRPC health, is spoken.", .truth, builtIn: "true"),
                    SchemaKey("token", "What all but the status paths ask for.", .secret(orText: false)),
                    SchemaKey("admin", "Whether calls that change something are taken.", .truth, builtIn: "false"),
                ],
                required: ["address"],
                rules: [
                    "if": ["properties": ["address": ["pattern": "^unix:"]]],
                    "then": ["not": ["anyOf": [["required": ["tls"]], ["required": ["token"]]]]],
                ]
            ),
            SchemaPlace(
                name: "listenerTLS",
                known: ContractKeys.listenerTLS,
                keys: [
                    SchemaKey("certificate", "A PEM file.", .path),
                    SchemaKey("key", "Its key, a PEM file.", .path),
                    SchemaKey("client_ca", "Clients need a certificate of this authority.", .path),
                ],
                required: ["certificate", "key"]
            ),
            SchemaPlace(
                name: "agentCheck",
                known: ContractKeys.agentCheck,
                keys: [SchemaKey("address", "host:port.", hostPort)],
                required: ["address"]
            ),
            SchemaPlace(
                name: "scripts",
                known: ContractKeys.scripts,
                keys: [
                    SchemaKey("enabled", "false refuses script probes.", .truth, builtIn: "true"),
                    SchemaKey("at_once", "How many run at once.", .whole(Limits.scriptsAtOnce), builtIn: "32"),
                ]
            ),
            SchemaPlace(
                name: "log",
                known: ContractKeys.log,
                keys: [
                    SchemaKey("level", "The least that is logged.", words(LogSettings.Level.self), builtIn: "info"),
                    SchemaKey(
                        "format",
                        "auto is journald under systemd, and text otherwise.",
                        words(LogSettings.Format.self),
                        builtIn: "auto"
                    ),
                ]
            ),
            SchemaPlace(
                name: "addresses",
                known: ContractKeys.addresses,
                keys: [
                    SchemaKey(
                        "deny",
                        "Addresses and blocks that no probe may connect to.",
                        .list(.filledText, counts: 0...AddressRulesReader.mostBlocks, wraps: true)
                    )
                ]
            ),
            SchemaPlace(
                name: "aggregate",
                known: ContractKeys.aggregate,
                keys: [
                    SchemaKey(
                        "policy",
                        "How many of the required targets and groups must pass.",
                        policy(PolicyReader.aggregateWords.map(\.word)),
                        builtIn: "worst"
                    ),
                    SchemaKey(
                        "fail_open",
                        "When fewer than this share of the required ones pass, the answer is degraded instead of unhealthy.",
                        .rate(),
                        builtIn: "0%"
                    ),
                ]
            ),
            SchemaPlace(
                name: "group",
                known: ContractKeys.group,
                keys: [
                    SchemaKey(
                        "policy",
                        "How many of its required members must pass.",
                        policy(PolicyReader.groupWords.map(\.word)),
                        builtIn: "all"
                    ),
                    SchemaKey(
                        "impact",
                        "What the group means for the aggregate.",
                        words(Impact.self),
                        builtIn: "required"
                    ),
                ]
            ),
            SchemaPlace(
                name: "policy",
                known: ContractKeys.policy,
                keys: [
                    SchemaKey("quorum", "At least this share.", .rate(allowsZero: false)),
                    SchemaKey("at_least", "At least so many.", .whole(1...PolicyReader.most)),
                ],
                rules: oneKey
            ),
        ]
    }

    /// The keys of bellwether.yaml.
    static var mainFileKeys: [SchemaKey] {
        [
            SchemaKey("agent", "About the agent itself.", .place("agent")),
            SchemaKey(
                "listen",
                "Where status is answered.",
                .list(.place("listener"), counts: 1...AgentReader.mostListeners),
                otherwise: "one, 127.0.0.1:9797"
            ),
            SchemaKey(
                "agent_check",
                "Where HAProxy's agent checks are answered.",
                .place("agentCheck"),
                otherwise: "nowhere"
            ),
            SchemaKey("scripts", "About script probes.", .place("scripts")),
            SchemaKey("addresses", "What no probe may connect to.", .place("addresses")),
            SchemaKey("defaults", "What probes say nothing about.", .place("defaults")),
            SchemaKey("log", "What is logged, and how.", .place("log")),
            SchemaKey("aggregate", "What makes the one status.", .place("aggregate")),
            SchemaKey(
                "groups",
                "Groups of probes, by name.",
                .free(.place("group"), names: namePattern, most: AggregateReader.mostGroups)
            ),
        ]
    }

    private static func policy(_ words: [String]) -> SchemaShape {
        .either([
            .words(words), .place("policy"),
            .exactly(["type": "string", "pattern": "^ *(quorum *: *[0-9.]+%?|at_least *: *[1-9][0-9]*) *$"]),
        ])
    }
}
