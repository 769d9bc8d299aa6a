// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import Testing

@testable import ProbeConfig

/// docs/configuration.md against the reader.
@Suite("docs/configuration.md")
struct ReferenceTests {
    @Test("every place of the configuration has a table, and no other has one")
    func places() throws {
        let tables = try Document.read().tables.map(\.place)
        #expect(Set(tables) == Set(Place.all.keys))
        #expect(tables.count == Set(tables).count)
        // `probe` is made of two others.
        let known =
            try Document.text(of: "Sources/ProbeConfig/ContractKeys.swift")
            + Document.text(of: "Sources/ProbeConfig/ContractKeys+Kinds.swift")
        let names = known.split(separator: "\n").filter { $0.contains("= KnownKeys(") }.compactMap { line in
            line.split(separator: " ").drop { $0 != "let" }.dropFirst().first.map(String.init)
        }
        #expect(Set(names) == Set(Place.all.keys).union(["probe"]))
    }

    @Test("a table has the keys of its place, each once", arguments: Place.all.keys.sorted())
    func keys(place: String) throws {
        let rows = try Document.table(place)
        #expect(rows.map(\.key).sorted() == Place.all[place]?.keys.supported.sorted())
    }

    @Test("every example is taken and changes something", arguments: Place.all.keys.sorted())
    func examples(place name: String) throws {
        let place = try #require(Place.all[name])
        for row in try Document.table(name) {
            let written = try Self.meaning(place.files(with: row.example, key: row.key), "\(row)")
            #expect(row.example.hasPrefix(row.key + ": "), "\(row)")
            guard !place.base.contains(where: { $0.key == row.key }), !place.isChoice else { continue }
            let plain = try Self.meaning(place.files(with: nil, key: row.key), "\(row)")
            #expect(written != plain, "\(name).\(row.key): the example changes nothing")
        }
    }

    @Test(
        "writing a default changes nothing, and what has none is required or says so",
        arguments: Place.all.keys.sorted()
    )
    func defaults(place name: String) throws {
        let place = try #require(Place.all[name])
        for row in try Document.table(name) {
            #expect(
                (row.standard == "required") == place.base.contains { $0.key == row.key && $0.isRequired },
                "\(row)"
            )
            guard row.standard.hasPrefix("`"), row.standard.hasSuffix("`"), !row.standard.contains("`,") else {
                continue
            }
            let value = row.standard.dropFirst().dropLast()
            let written = try Self.meaning(place.files(with: "\(row.key): \(value)", key: row.key), "\(row)")
            let plain = try Self.meaning(place.files(with: nil, key: row.key), "\(row)")
            #expect(written == plain, "\(name).\(row.key): \(value) is not the default")
        }
    }

    @Test("every block is a file that is taken")
    func blocks() throws {
        let blocks = try Document.read().blocks
        #expect(blocks.count >= 2)
        for block in blocks {
            let source = ConfigurationSource(path: "docs", text: block)
            let isMain = block.hasPrefix("# bellwether.yaml")
            #expect(isMain || block.hasPrefix("# probes.d/"), "\(block)")
            #expect(throws: Never.self) {
                try Configuration(main: isMain ? source : nil, probeFiles: isMain ? [] : [source])
            }
        }
    }

    @Test("every code of a diagnostic is described, and no other")
    func codes() throws {
        let codes = try Document.read().codes
        #expect(codes.sorted() == DiagnosticDetail.Code.allCases.map(\.rawValue).sorted())
    }

    private struct Meaning: Hashable {
        let agent: AgentSettings
        let probes: [ProbeSpec]
    }

    private static func meaning(
        _ files: (main: ConfigurationSource, probes: ConfigurationSource),
        _ comment: String
    ) throws -> Meaning? {
        do {
            let configuration = try Configuration(main: files.main, probeFiles: [files.probes])
            return Meaning(agent: configuration.agent, probes: configuration.probes)
        } catch {
            Issue.record("\(comment)\n\(error.diagnostics.render(sources: [files.main, files.probes]))")
            return nil
        }
    }
}

/// Where a table's keys stand, and what must stand around them for a file to be legal.
private struct Place {
    struct Entry {
        let key: String
        let value: String
        var isRequired = true
    }

    let keys: KnownKeys
    var isMain = false
    let before: String
    var base: [Entry] = []
    let after: String
    /// Whether one key must be there, and none goes without.
    var isChoice = false

    /// The two files with `text` in place of the base entry of that key; nil = the base alone.
    func files(with text: String?, key: String) -> (main: ConfigurationSource, probes: ConfigurationSource) {
        let written = text.map { [$0] } ?? []
        let others = base.filter { entry in
            (text == nil || entry.key != key) && !(text ?? "").contains(", \(entry.key): ")
                && !(isChoice && text != nil)
        }
        let document =
            before + (others.map { "\($0.key): \($0.value)" } + written).joined(separator: ", ") + after + "\n"
        return isMain
            ? (
                ConfigurationSource(path: "bellwether.yaml", text: document),
                ConfigurationSource(path: "a.yaml", text: "probes: {w: {tcp: 'w:1'}}")
            )
            : (
                ConfigurationSource(path: "bellwether.yaml", text: "groups: {payments: {}}"),
                ConfigurationSource(path: "a.yaml", text: document)
            )
    }

    private static let database = "probes: {database: {tcp: 'd:1'}, x: "

    static let all: [String: Place] = [
        "mainFile": Place(keys: ContractKeys.mainFile, isMain: true, before: "{", after: "}"),
        "agent": Place(keys: ContractKeys.agent, isMain: true, before: "agent: {", after: "}"),
        "listener": Place(
            keys: ContractKeys.listener,
            isMain: true,
            before: "listen: [{",
            base: [Entry(key: "address", value: "'127.0.0.1:9797'")],
            after: "}]"
        ),
        "listenerTLS": Place(
            keys: ContractKeys.listenerTLS,
            isMain: true,
            before: "listen: [{address: '127.0.0.1:9797', tls: {",
            base: [Entry(key: "certificate", value: "/a.crt"), Entry(key: "key", value: "/a.key")],
            after: "}}]"
        ),
        "agentCheck": Place(
            keys: ContractKeys.agentCheck,
            isMain: true,
            before: "agent_check: {",
            base: [Entry(key: "address", value: "'127.0.0.1:1'")],
            after: "}"
        ),
        "scripts": Place(keys: ContractKeys.scripts, isMain: true, before: "scripts: {", after: "}"),
        "addresses": Place(keys: ContractKeys.addresses, isMain: true, before: "addresses: {", after: "}"),
        "log": Place(keys: ContractKeys.log, isMain: true, before: "log: {", after: "}"),
        "aggregate": Place(keys: ContractKeys.aggregate, isMain: true, before: "aggregate: {", after: "}"),
        "group": Place(keys: ContractKeys.group, isMain: true, before: "groups: {payments: {", after: "}}"),
        "policy": Place(
            keys: ContractKeys.policy,
            isMain: true,
            before: "aggregate: {policy: {",
            base: [Entry(key: "quorum", value: "50%", isRequired: false)],
            after: "}}",
            isChoice: true
        ),
        "probeFile": Place(
            keys: ContractKeys.probeFile,
            before: "{",
            base: [Entry(key: "probes", value: "{w: {tcp: 'w:1'}}", isRequired: false)],
            after: "}"
        ),
        "kinds": Place(
            keys: ContractKeys.kinds,
            before: database + "{",
            base: [Entry(key: "tcp", value: "'x:1'", isRequired: false)],
            after: "}}",
            isChoice: true
        ),
        "defaults": Place(keys: ContractKeys.defaults, before: database + "{tcp: 'x:1', ", after: "}}"),
        "breaker": probe("tcp: 'x:1', breaker: {", ContractKeys.breaker, "}"),
        "slowCall": Place(
            keys: ContractKeys.slowCall,
            before: database + "{tcp: 'x:1', breaker: {slow_call: {",
            base: [Entry(key: "over", value: "2s, rate: 100%", isRequired: false)],
            after: "}}}}",
            isChoice: true
        ),
        "backoff": probe("tcp: 'x:1', breaker: {backoff: {", ContractKeys.backoff, "}}"),
        "maintenance": Place(
            keys: ContractKeys.maintenance,
            before: database + "{tcp: 'x:1', maintenance: [{",
            base: [Entry(key: "weekly", value: "'Wed 01:00-02:00'", isRequired: false)],
            after: "}]}}",
            isChoice: true
        ),
        "retry": probe("tcp: 'x:1', retry: {", ContractKeys.retry, "}"),
        "http": probe("http: {", ContractKeys.http, "}", [Entry(key: "url", value: "'https://x/'")]),
        "httpExpect": probe("http: {url: 'https://x/', expect: {", ContractKeys.httpExpect, "}}"),
        "httpExpectBody": probe("http: {url: 'https://x/', expect: {body: {", ContractKeys.httpExpectBody, "}}}"),
        "httpAuth": Place(
            keys: ContractKeys.httpAuth,
            before: database + "{http: {url: 'https://x/', auth: {",
            base: [Entry(key: "bearer", value: "{env: A}", isRequired: false)],
            after: "}}}}",
            isChoice: true
        ),
        "httpAuthBasic": probe(
            "http: {url: 'https://x/', auth: {basic: {",
            ContractKeys.httpAuthBasic,
            "}}}",
            [Entry(key: "user", value: "u"), Entry(key: "password", value: "p")]
        ),
        "addressChoice": probe("http: {url: 'https://x/', address: {", ContractKeys.addressChoice, "}}"),
        "tls": probe("http: {url: 'https://x/', tls: {", ContractKeys.tls, "}}"),
        "tlsExpiry": probe("http: {url: 'https://x/', tls: {expiry: {", ContractKeys.tlsExpiry, "}}}"),
        "tcp": probe("tcp: {", ContractKeys.tcp, "}", [Entry(key: "address", value: "'x:1'")]),
        "dialogStep": Place(
            keys: ContractKeys.dialogStep,
            before: database + "{tcp: {address: 'x:1', dialog: [{",
            base: [Entry(key: "expect", value: "x", isRequired: false)],
            after: "}]}}}",
            isChoice: true
        ),
        "grpc": probe("grpc: {", ContractKeys.grpc, "}", [Entry(key: "address", value: "'x:1'")]),
        "webSocket": probe("websocket: {", ContractKeys.webSocket, "}", [Entry(key: "url", value: "'wss://x/'")]),
        "webSocketStep": Place(
            keys: ContractKeys.webSocketStep,
            before: database + "{websocket: {url: 'wss://x/', dialog: [{",
            base: [Entry(key: "send", value: "x", isRequired: false)],
            after: "}]}}}",
            isChoice: true
        ),
        "script": probe("script: {", ContractKeys.script, "}", [Entry(key: "command", value: "[/bin/true]")]),
        "scriptLimits": probe("script: {command: [/bin/true], limits: {", ContractKeys.scriptLimits, "}}"),
        "dns": probe("dns: {", ContractKeys.dns, "}", [Entry(key: "name", value: "x.example")]),
        "dnsExpect": probe("dns: {name: x.example, expect: {", ContractKeys.dnsExpect, "}}"),
        "dnsAnswers": Place(
            keys: ContractKeys.dnsAnswers,
            before: database + "{dns: {name: x.example, expect: {answer: {",
            base: [Entry(key: "all", value: "[10.9.9.9]", isRequired: false)],
            after: "}}}}}",
            isChoice: true
        ),
        "dnsMatch": probe(
            "dns: {name: x.example, expect: {answer: {",
            ContractKeys.dnsMatch,
            "}}}",
            [Entry(key: "matches", value: "x")]
        ),
        "udp": probe(
            "udp: {",
            ContractKeys.udp,
            "}",
            [Entry(key: "address", value: "'x:1'"), Entry(key: "send", value: "a"), Entry(key: "expect", value: "b")]
        ),
        "icmp": probe("icmp: {", ContractKeys.icmp, "}", [Entry(key: "address", value: "x")]),
        "process": Place(
            keys: ContractKeys.process,
            before: database + "{process: {",
            base: [Entry(key: "name", value: "x", isRequired: false)],
            after: "}}}",
            isChoice: true
        ),
        "tlsProbe": probe("tls: {", ContractKeys.tlsProbe, "}", [Entry(key: "address", value: "'x:1'")]),
    ]

    private static func probe(_ before: String, _ keys: KnownKeys, _ after: String, _ base: [Entry] = []) -> Place {
        Place(keys: keys, before: database + "{" + before, base: base, after: after + "}}")
    }
}

/// The document, taken apart.
private struct Document {
    struct Row: CustomStringConvertible {
        let key: String
        let standard: String
        let example: String

        var description: String { "\(key): \(standard), \(example)" }
    }

    private(set) var tables: [(place: String, rows: [Row])] = []
    private(set) var blocks: [String] = []
    private(set) var codes: [String] = []

    static func table(_ place: String) throws -> [Row] {
        try #require(try read().tables.first { $0.place == place }).rows
    }

    static func read() throws -> Document {
        var document = Document()
        var isCode = false
        var isBlock = false
        for line in try text(of: "docs/configuration.md").split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isBlock = line == "```yaml"
                if isBlock { document.blocks.append("") }
            } else if isBlock {
                document.blocks[document.blocks.count - 1] += line + "\n"
            } else if line.hasPrefix("<!-- keys: ") {
                document.tables.append((String(line.dropFirst(11).dropLast(4)), []))
                isCode = false
            } else if line == "<!-- codes -->" {
                isCode = true
            } else if line.hasPrefix("| `") {
                let cells = line.dropFirst(2).dropLast(2).split(separator: " | ").map(String.init)
                let first = String(cells[0].dropFirst().dropLast())
                if isCode {
                    document.codes.append(first)
                } else if cells.count == 4, let last = document.tables.indices.last {
                    let example = String(cells[3].dropFirst().dropLast())
                    document.tables[last].rows.append(Row(key: first, standard: cells[2], example: example))
                }
            }
        }
        return document
    }

    /// A file of the repository.
    static func text(of path: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = try #require(fopen("/\(root)/\(path)", "r"), "\(path)")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk.prefix(count)
        }
    }
}
