// SPDX-License-Identifier: Apache-2.0

import HealthModel

extension SchemaPlace {
    static let hostPort = SchemaShape.textLike(pattern: "^(\\[[^\\]]+\\]|[^:/@\\s]+):[0-9]{1,5}$")
    static let host = SchemaShape.textLike(pattern: "^\\S+$")

    /// The kinds of probes: what a key of a probe may hold, in its short and its long form.
    static var kindKeys: [SchemaKey] {
        [
            SchemaKey("http", "An HTTP request: a URL, or a mapping.", .either([httpURL, .place("http")])),
            SchemaKey("tcp", "A TCP connection: host:port, or a mapping.", .either([hostPort, .place("tcp")])),
            SchemaKey(
                "grpc",
                "The gRPC health service: host:port, or a mapping.",
                .either([hostPort, .place("grpc")])
            ),
            SchemaKey("websocket", "A WebSocket: a URL, or a mapping.", .either([webSocketURL, .place("webSocket")])),
            SchemaKey(
                "script",
                "A program: its absolute path and arguments as a list, or a mapping.",
                .either([command, .place("script")])
            ),
            SchemaKey(
                "dns",
                "A question to a name server: a name, or a mapping.",
                .either([domainName, .place("dns")])
            ),
            SchemaKey("udp", "A datagram and its answer.", .place("udp")),
            SchemaKey("icmp", "Echo requests: a host, or a mapping.", .either([host, .place("icmp")])),
            SchemaKey(
                "process",
                "A process of this machine: a name, or a mapping.",
                .either([program, .place("process")])
            ),
            SchemaKey(
                "tls",
                "A server's certificate: host:port, or a mapping.",
                .either([hostPort, .place("tlsProbe")])
            ),
        ]
    }

    /// The mappings of the kinds, besides HTTP's.
    static var kinds: [SchemaPlace] {
        [tcp, dialogStep, grpc, webSocket, webSocketStep, script, scriptLimits, icmp, process, tlsProbe, udp]
            + dnsPlaces
    }

    private static let httpURL = SchemaShape.textLike(pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^/@\\s]")
    private static let webSocketURL = SchemaShape.textLike(pattern: "^[Ww][Ss][Ss]?://[^/@\\s]")
    private static let program = SchemaShape.textLike(pattern: "^(/.*|[^/]+)$")
    private static let domainName = SchemaShape.textLike(pattern: "^\\S+$")
    private static let command = SchemaShape.exactly([
        "type": "array", "prefixItems": [SchemaShape.path.schema], "items": SchemaShape.text.schema, "minItems": 1,
        "maxItems": .whole(ScriptProbeReader.mostWords),
    ])
    static let tlsChoice = SchemaShape.either([.truth, .place("tls")])
    static let tlsSettings = SchemaShape.place("tls")

    static var httpURLKey: SchemaKey { SchemaKey("url", "http:// or https://, without user and fragment.", httpURL) }

    /// Which addresses are contacted, and from where.
    static var addressKeys: [SchemaKey] {
        [
            SchemaKey("family", "Which addresses.", words(AddressFamily.self), builtIn: "any"),
            SchemaKey("resolve", "This address instead of looking the host up.", .filledText),
            SchemaKey(
                "policy",
                "How many of several addresses must pass.",
                words(AddressPolicy.self),
                builtIn: "first"
            ),
            SchemaKey("source", "The address of this machine to connect from.", .filledText),
        ]
    }

    private static var tcp: SchemaPlace {
        SchemaPlace(
            name: "tcp",
            known: ContractKeys.tcp,
            keys: [
                SchemaKey("address", "host:port.", hostPort),
                SchemaKey("tls", "true for TLS from the first byte, or settings.", tlsChoice, builtIn: "false"),
                SchemaKey("starttls", "A protocol in which TLS is begun.", words(StartTLSProtocol.self)),
                SchemaKey(
                    "dialog",
                    "What is sent, and what must come.",
                    .list(.place("dialogStep"), counts: 1...TCPProbe.mostSteps)
                ),
            ] + addressKeys,
            required: ["address"]
        )
    }

    private static var dialogStep: SchemaPlace {
        SchemaPlace(
            name: "dialogStep",
            known: ContractKeys.dialogStep,
            keys: [
                SchemaKey("send", "A text; ${1} is the first group of the last expect that had any.", .filledText),
                SchemaKey("expect", "A regular expression (PCRE2) that the answer so far must match.", .expression),
            ],
            rules: oneKey
        )
    }

    private static var grpc: SchemaPlace {
        SchemaPlace(
            name: "grpc",
            known: ContractKeys.grpc,
            keys: [
                SchemaKey("address", "host:port.", hostPort),
                SchemaKey("service", "Which service is asked for.", .text, otherwise: "the server as a whole"),
                SchemaKey("authority", "Of the request.", host, otherwise: "the address"),
                SchemaKey("tls", "true, or settings.", tlsChoice, builtIn: "false"),
                SchemaKey(
                    "metadata",
                    "Names in lower case to texts, secrets, or lists of them.",
                    .free(
                        .either([.secret(), .list(.secret(), counts: 0...HeaderReader.mostFields)]),
                        names:
                            "^(?!grpc-|(host|content-type|content-length|te|transfer-encoding|connection|upgrade|keep-alive)$)[a-z0-9_.-]+$",
                        most: HeaderReader.mostFields
                    )
                ),
                SchemaKey(
                    "mode",
                    "check asks each time; watch keeps one stream that tells of changes.",
                    words(GRPCProbe.Mode.self),
                    builtIn: "check"
                ),
            ] + addressKeys,
            required: ["address"]
        )
    }

    private static var webSocket: SchemaPlace {
        SchemaPlace(
            name: "webSocket",
            known: ContractKeys.webSocket,
            keys: [
                SchemaKey("url", "ws:// or wss://.", webSocketURL),
                SchemaKey("subprotocol", "That the server must choose.", .textLike(pattern: token)),
                SchemaKey(
                    "headers",
                    "Request fields.",
                    headers(except: ["connection", "upgrade"], prefix: "sec-websocket-")
                ),
                SchemaKey(
                    "dialog",
                    "What is sent, and what must come.",
                    .list(.place("webSocketStep"), counts: 0...WebSocketDialogReader.mostSteps)
                ),
                SchemaKey("ping", "A ping at the end, which must be answered.", .truth, builtIn: "false"),
                SchemaKey("max_message", "A longer one fails.", .size(Limits.maximumMessage), builtIn: "64KiB"),
                SchemaKey("tls", "TLS settings of a wss: URL.", tlsSettings),
                SchemaKey("address", "Which addresses are contacted, and from where.", .place("addressChoice")),
            ],
            required: ["url"]
        )
    }

    private static var webSocketStep: SchemaPlace {
        let bytes = SchemaShape.exactly(["type": ["string", "number"], "pattern": "^([0-9A-Fa-f] *[0-9A-Fa-f] *)* *$"])
        return SchemaPlace(
            name: "webSocketStep",
            known: ContractKeys.webSocketStep,
            keys: [
                SchemaKey("send", "A text message.", .text),
                SchemaKey("expect", "A regular expression (PCRE2) that the next text message must match.", .expression),
                SchemaKey("send_binary", "A binary message, in hexadecimal.", bytes),
                SchemaKey("expect_binary", "What the next binary message must be, in hexadecimal.", bytes),
            ],
            rules: oneKey
        )
    }

    private static var script: SchemaPlace {
        SchemaPlace(
            name: "script",
            known: ContractKeys.script,
            keys: [
                SchemaKey(
                    "command",
                    "The absolute path of a program, and its arguments. No shell takes part.",
                    command
                ),
                SchemaKey(
                    "environment",
                    "Its variables; nothing else is passed on.",
                    .free(.text, names: "^[A-Za-z_][A-Za-z0-9_]*$")
                ),
                SchemaKey(
                    "user",
                    "Who it runs as, by name or number.",
                    .exactly(["type": ["string", "integer"], "pattern": "^(?!-)[A-Za-z0-9_.-]{1,32}$"]),
                    otherwise: "the agent's"
                ),
                SchemaKey("directory", "Where it runs.", .path, builtIn: "/"),
                SchemaKey(
                    "mode",
                    "once, or one resident process for all runs.",
                    words(ScriptMode.self),
                    builtIn: "once"
                ),
                SchemaKey("limits", "Of each of its processes.", .place("scriptLimits")),
                SchemaKey("max_output", "How much is kept.", .size(Limits.maximumOutput), builtIn: "8KiB"),
                SchemaKey(
                    "protocol",
                    "nagios: 0 healthy, 1 degraded, 2 unhealthy, 3 unknown; exit: 0 or not.",
                    words(ExitProtocol.self),
                    builtIn: "nagios"
                ),
            ],
            required: ["command"]
        )
    }

    private static var scriptLimits: SchemaPlace {
        SchemaPlace(
            name: "scriptLimits",
            known: ContractKeys.scriptLimits,
            keys: [
                SchemaKey("memory", "Address space.", .size(Limits.scriptMemory), otherwise: "the agent's"),
                SchemaKey(
                    "cpu",
                    "Processor time, in whole seconds.",
                    .duration(Limits.scriptTime),
                    otherwise: "the agent's"
                ),
                SchemaKey("file_size", "Of a file that it writes.", .size(Limits.scriptFile), otherwise: "the agent's"),
            ]
        )
    }

    private static var icmp: SchemaPlace {
        SchemaPlace(
            name: "icmp",
            known: ContractKeys.icmp,
            keys: [
                SchemaKey("address", "A host.", host),
                SchemaKey("count", "Requests in one run.", .whole(Limits.echoRequests), builtIn: "1"),
                SchemaKey("size", "Bytes of data.", .whole(Limits.echoSize), builtIn: "56"),
                SchemaKey("maximum_loss", "More lost requests are a failure; less than 100%.", .rate(), builtIn: "0%"),
                SchemaKey("slow", "A longer mean round trip is degraded.", .duration(Limits.slow), otherwise: "never"),
            ],
            required: ["address"]
        )
    }

    private static var process: SchemaPlace {
        let count = SchemaShape.whole(0...ProcessProbeReader.most)
        return SchemaPlace(
            name: "process",
            known: ContractKeys.process,
            keys: [
                SchemaKey("name", "A program's name, or its whole path.", program),
                SchemaKey("pid_file", "A file that begins with a process number.", .path),
                SchemaKey(
                    "unit",
                    "A unit of systemd.",
                    .textLike(pattern: "^[A-Za-z0-9:_\\\\@-][A-Za-z0-9:_.\\\\@-]*$")
                ),
                SchemaKey("minimum", "Fewest processes of that name.", count, builtIn: "1"),
                SchemaKey("maximum", "Most processes of that name.", count, otherwise: "any number"),
            ],
            rules: one(of: ["name", "pid_file", "unit"]).adding([
                "dependentRequired": ["minimum": ["name"], "maximum": ["name"]]
            ])
        )
    }

    private static var tlsProbe: SchemaPlace {
        SchemaPlace(
            name: "tlsProbe",
            known: ContractKeys.tlsProbe,
            keys: [
                SchemaKey("address", "host:port.", hostPort),
                SchemaKey("starttls", "A protocol in which TLS is begun.", words(StartTLSProtocol.self)),
            ] + tlsKeys,
            required: ["address"],
            rules: tlsPair
        )
    }

    private static var udp: SchemaPlace {
        SchemaPlace(
            name: "udp",
            known: ContractKeys.udp,
            keys: [
                SchemaKey("address", "host:port.", hostPort),
                SchemaKey("send", "The datagram, at most \(UDPProbeReader.mostBytes) bytes.", .text),
                SchemaKey("expect", "A regular expression (PCRE2) for an answer.", .expression),
            ],
            required: ["address", "send", "expect"]
        )
    }

    private static var dnsPlaces: [SchemaPlace] {
        let record = SchemaShape.either([.filledText, .place("dnsMatch")])
        let records = SchemaShape.list(record, counts: 1...DNSProbeReader.mostAnswers, wraps: true)
        return [
            SchemaPlace(
                name: "dns",
                known: ContractKeys.dns,
                keys: [
                    SchemaKey("name", "What is asked for; for PTR an address, too.", domainName),
                    SchemaKey("type", "Of record.", words(DNSRecordType.self), builtIn: "A"),
                    SchemaKey(
                        "server",
                        "Who is asked: host, or host:port.",
                        host,
                        otherwise: "the first of /etc/resolv.conf, port 53"
                    ),
                    SchemaKey("transport", "How it is asked.", words(DNSTransport.self), builtIn: "udp"),
                    SchemaKey("expect", "What the answer must be.", .place("dnsExpect")),
                    SchemaKey("recursion", "Whether the server may ask others.", .truth, builtIn: "true"),
                ],
                required: ["name"]
            ),
            SchemaPlace(
                name: "dnsExpect",
                known: ContractKeys.dnsExpect,
                keys: [
                    SchemaKey(
                        "answer",
                        "Records, or all, any or only of them.",
                        .either([records, .place("dnsAnswers")])
                    ),
                    SchemaKey("code", "Of the answer.", words(DNSResponseCode.self), builtIn: "NOERROR"),
                    SchemaKey("minimum_answers", "Fewest records.", .whole(0...DNSProbeReader.mostAnswers)),
                    SchemaKey("authoritative", "Whether the server must, or must not, be the zone's own.", .truth),
                ]
            ),
            SchemaPlace(
                name: "dnsAnswers",
                known: ContractKeys.dnsAnswers,
                keys: [
                    SchemaKey("all", "Each must be there.", records),
                    SchemaKey("any", "One must be there.", records),
                    SchemaKey("only", "Each must be there, and nothing else.", records),
                ],
                rules: oneKey
            ),
            SchemaPlace(
                name: "dnsMatch",
                known: ContractKeys.dnsMatch,
                keys: [SchemaKey("matches", "A regular expression (PCRE2) for a record.", .expression)],
                required: ["matches"]
            ),
        ]
    }
}
