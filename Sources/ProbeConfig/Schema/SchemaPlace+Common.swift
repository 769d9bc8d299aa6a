// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension SchemaPlace {
    /// What a probe or group is called.
    static let namePattern = "^[a-z0-9._-]{1,\(TargetName.maximumLength)}$"

    /// The keys that every kind of probe has, and the mappings below them.
    static var common: [SchemaPlace] {
        [
            SchemaPlace(name: "defaults", known: ContractKeys.defaults, keys: commonKeys),
            breaker,
            SchemaPlace(
                name: "slowCall",
                known: ContractKeys.slowCall,
                keys: [
                    SchemaKey("over", "A slower call is slow.", orOff(.duration(Limits.slow))),
                    SchemaKey(
                        "rate",
                        "Their share of the window that opens the breaker.",
                        orOff(.rate(allowsZero: false))
                    ),
                ]
            ),
            SchemaPlace(
                name: "backoff",
                known: ContractKeys.backoff,
                keys: [
                    SchemaKey("multiplier", "Growth at each reopening.", .number(Limits.multiplier), builtIn: "2"),
                    SchemaKey("max", "The longest wait.", .duration(Limits.pause), builtIn: "30s"),
                    SchemaKey(
                        "jitter",
                        "How far a wait is shifted at random.",
                        .rate(upTo: Limits.jitter),
                        builtIn: "10%"
                    ),
                ]
            ),
            SchemaPlace(
                name: "maintenance",
                known: ContractKeys.maintenance,
                keys: [
                    SchemaKey("from", "When it begins, once: 2026-12-01T22:00Z.", time),
                    SchemaKey("to", "When it ends.", time),
                    SchemaKey("weekly", "A day and two times: Sun 02:00-04:00.", weekly),
                    SchemaKey("zone", "The time zone of weekly: Europe/Berlin.", .filledText, builtIn: "UTC"),
                    SchemaKey("reason", "Shown with the status.", .filledText),
                ],
                rules: [
                    "oneOf": [
                        ["required": ["from", "to"], "not": ["required": ["zone"]]],
                        ["required": ["weekly"]],
                    ],
                    "dependentSchemas": ["weekly": ["not": ["anyOf": [["required": ["from"]], ["required": ["to"]]]]]],
                ]
            ),
            SchemaPlace(
                name: "retry",
                known: ContractKeys.retry,
                keys: [
                    SchemaKey(
                        "attempts",
                        "Runs inside one probe until one passes.",
                        .whole(Limits.attempts),
                        builtIn: "1"
                    ),
                    SchemaKey("backoff", "Between them.", .duration(Limits.retryBackoff), builtIn: "100ms"),
                ]
            ),
        ]
    }

    /// The keys that a probe and `defaults` have.
    static var commonKeys: [SchemaKey] {
        [
            SchemaKey("interval", "Between starts; scripts at least 1s.", .duration(Limits.interval), builtIn: "10s"),
            SchemaKey(
                "timeout",
                "Of the whole probe, every phase included; at most the interval.",
                .duration(Limits.timeout),
                builtIn: "2s"
            ),
            SchemaKey(
                "jitter",
                "How far a start is shifted at random, as a share of the interval.",
                .rate(upTo: Limits.jitter),
                builtIn: "10%"
            ),
            SchemaKey("initial_delay", "Before the first run.", .duration(Limits.initialDelay), builtIn: "0s"),
            SchemaKey(
                "impact",
                "What unhealthy means for the aggregate: unhealthy, degraded, or nothing.",
                words(Impact.self),
                builtIn: "required"
            ),
            SchemaKey("description", "Free text.", .text),
            SchemaKey("tags", "Names to texts, for readers.", .free(.text)),
            SchemaKey("breaker", "When the target counts as down, and as up again.", .place("breaker")),
            SchemaKey("groups", "Groups that it counts towards; then it no longer counts by itself.", names),
            SchemaKey("depends_on", "Probes without which it cannot work; its failures are put down to theirs.", names),
            SchemaKey(
                "maintenance",
                "Windows in which it counts for nothing.",
                .list(.place("maintenance"), counts: 0...MaintenanceReader.mostWindows)
            ),
            SchemaKey("retry", "Further attempts inside one probe.", .place("retry")),
        ]
    }

    private static var breaker: SchemaPlace {
        SchemaPlace(
            name: "breaker",
            known: ContractKeys.breaker,
            keys: [
                SchemaKey(
                    "failure_threshold",
                    "Consecutive failures that open it; 0 is off.",
                    .whole(Limits.failureThreshold),
                    builtIn: "3"
                ),
                SchemaKey(
                    "failure_rate",
                    "Or this share of failures in the window.",
                    orOff(.rate(allowsZero: false)),
                    builtIn: "off"
                ),
                SchemaKey(
                    "minimum_calls",
                    "Fewest outcomes in the window before its rates count.",
                    .whole(Limits.minimumCalls),
                    builtIn: "10"
                ),
                SchemaKey(
                    "window",
                    "What rates look at: a duration (10s), or a number of calls (20 calls).",
                    .either([
                        .duration(Limits.pause), .exactly(["type": "string", "pattern": "^[1-9][0-9]{0,4} calls?$"]),
                    ]),
                    builtIn: "10s"
                ),
                SchemaKey(
                    "n_of_m",
                    "Or so many failures among the last so many: 3 of 5.",
                    orOff(.exactly(["type": "string", "pattern": "^[1-9][0-9]{0,4} of [1-9][0-9]{0,4}$"])),
                    builtIn: "off"
                ),
                SchemaKey("slow_call", "Or too many slow calls.", orOff(.place("slowCall")), builtIn: "off"),
                SchemaKey(
                    "success_threshold",
                    "Consecutive half-open successes that close it.",
                    .whole(Limits.halfOpenCalls),
                    builtIn: "2"
                ),
                SchemaKey(
                    "half_open_max_calls",
                    "Probes in one half-open round.",
                    .whole(Limits.halfOpenCalls),
                    builtIn: "3"
                ),
                SchemaKey("half_open_interval", "Between those.", .duration(Limits.pause), builtIn: "1s"),
                SchemaKey(
                    "open_for",
                    "How long it is open before it is half-open.",
                    .duration(Limits.pause),
                    builtIn: "5s"
                ),
                SchemaKey("backoff", "How open_for grows while it keeps reopening.", .place("backoff")),
                SchemaKey(
                    "while_open",
                    "Whether an open breaker's target is probed, for data only.",
                    words(BreakerPolicy.WhileOpen.self),
                    builtIn: "pause"
                ),
            ]
        )
    }

    private static let time = SchemaShape.exactly([
        "type": "string",
        "pattern":
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
    ])
    private static let weekly = SchemaShape.exactly([
        "type": "string",
        "pattern":
            "^([Ss][Uu][Nn]|[Mm][Oo][Nn]|[Tt][Uu][Ee]|[Ww][Ee][Dd]|[Tt][Hh][Uu]|[Ff][Rr][Ii]|[Ss][Aa][Tt]) +([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
    ])
    private static let names = SchemaShape.list(
        .exactly(["type": ["string", "number"], "pattern": .text(namePattern)]),
        counts: 0...32,
        wraps: true
    )

    /// A value, or `off`.
    private static func orOff(_ shape: SchemaShape) -> SchemaShape { .either([shape, .words(["off"])]) }

    /// The words of a choice.
    static func words<Choice>(_ type: Choice.Type) -> SchemaShape
    where Choice: CaseIterable & RawRepresentable, Choice.RawValue == String {
        .words(Choice.allCases.map(\.rawValue))
    }
}
