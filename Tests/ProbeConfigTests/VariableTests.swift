// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import ProbeConfig

@Suite("Variables")
struct VariableTests {
    private static let variables = TextVariables(hostname: "edge-1") { name in
        ["STAGE": "prod", "EMPTY": "", "TOKEN": "s3cret\"value", "REFERENCE": "${1}", "BIG": big][name]
    }
    private static let big = String(repeating: "x", count: 64 * 1_024)

    @Test(
        "a text is cut at its variables, and only $${ is an escape",
        arguments: [
            ("", []),
            ("plain $5 and $ and {a}", [.literal("plain $5 and $ and {a}")]),
            ("${hostname}", [.variable("hostname", ordinal: 0)]),
            (
                "a${b}c${d}",
                [.literal("a"), .variable("b", ordinal: 0), .literal("c"), .variable("d", ordinal: 1)]
            ),
            ("$${b}${c}", [.literal("${b}"), .variable("c", ordinal: 1)]),
            ("$$${b}", [.literal("$${b}")]),
            ("$$", [.literal("$$")]),
            ("${}", [.variable("", ordinal: 0)]),
            ("${a${b}", [.variable("a${b", ordinal: 0)]),
            ("a${b", [.literal("a"), .unclosed(ordinal: 0)]),
            ("$\u{301}{é${x}\u{301}", [.literal("$\u{301}{é"), .variable("x", ordinal: 0), .literal("\u{301}")]),
        ] as [(String, [TextPiece])]
    )
    func pieces(text: String, pieces: [TextPiece]) {
        #expect(TextPiece.pieces(of: text) == pieces)
    }

    @Test("variables are replaced in every text of a probe, and nowhere else")
    func everyText() throws {
        let configuration = try Self.configuration(
            main: "agent: {name: 'agent on ${hostname}'}\ndefaults: {tags: {stage: '${env:STAGE}', name: '${probe}'}}",
            probes: #"""
                defaults: {description: "${probe} on ${hostname}", depends_on: ["${probe}-db"]}
                probes:
                  a:
                    http:
                      url: http://${hostname}.internal/${env:STAGE}?${env:EMPTY}
                      headers: {X-Host: '${hostname}', X-Literal: '$${hostname} costs $5'}
                      body: |
                        {"from": "${hostname}"}
                      expect: {body: {matches: '^${x}$'}}
                  a-db:
                    script: {command: [/bin/sh, -c, 'echo $${HOME} ${probe}'], environment: {STAGE: "${env:STAGE}"}}
                    depends_on: []
                    tags: {name: own}
                """#
        )
        #expect(configuration.agent.name == "agent on edge-1")
        let probe = try #require(configuration.probes.first)
        guard case .http(let http) = probe.probe else {
            Issue.record("\(probe)")
            return
        }
        #expect(http.url.text == "http://edge-1.internal/prod?")
        #expect(http.headers.map(\.value) == ["edge-1", "${hostname} costs $5"])
        #expect(http.body == "{\"from\": \"edge-1\"}\n")
        #expect(http.expect.bodyMatches == ["^${x}$"])
        #expect(probe.description == "a on edge-1")
        #expect(probe.tags == ["stage": "prod", "name": "a"])
        #expect(probe.dependencies == [TargetName("a-db")])
        let database = try #require(configuration.probes.last)
        #expect(database.tags == ["stage": "prod", "name": "own"])
        #expect(database.description == "a-db on edge-1")
        guard case .script(let script) = database.probe else {
            Issue.record("\(database)")
            return
        }
        #expect(script.command == ["/bin/sh", "-c", "echo ${HOME} a-db"])
        #expect(script.environment == ["STAGE": "prod"])
    }

    @Test("what a dialog captured cannot be made by a variable's value")
    func dialog() throws {
        let configuration = try Self.configuration(
            probes: #"""
                probes:
                  a:
                    tcp:
                      address: a:1
                      dialog:
                        - {expect: '^(\d+)'}
                        - {send: "${hostname} ${1} ${env:REFERENCE} $${1}\r\n"}
                """#
        )
        guard case .tcp(let tcp)? = configuration.probes.first?.probe, case .send(let text)? = tcp.dialog.last else {
            Issue.record("\(configuration)")
            return
        }
        #expect(text.parts == [.literal("edge-1 "), .capture(1), .literal(" ${1} ${1}\r\n")])
    }

    @Test(
        "a variable that stands for nothing is complained of where it is written",
        arguments: [
            ("description: a ${host} b", 20, "nothing is called ${host}"),
            ("description: '${hostname} ${probes}'", 31, "nothing is called ${probes} (did you mean ${probe}?)"),
            ("description: \"\\t$${x} ${env:NO_SUCH}\"", 27, "the environment variable NO_SUCH is not set"),
            ("description: \"\\x24{x}\"", 18, "nothing is called ${x}"),
            ("description: '${env:A-B}'", 19, "\"A-B\" is not a variable name ([A-Za-z_][A-Za-z0-9_]*)"),
            ("description: '${hostname'", 19, "${ has no } (${ itself is written $${)"),
            ("depends_on: ['${HOSTNAME}']", 19, "nothing is called ${HOSTNAME} (did you mean ${hostname}?)"),
        ]
    )
    func position(line: String, column: Int, message: String) {
        let rendered = Self.refusal(probes: "probes:\n  a:\n    tcp: a:1\n    \(line)\n")
        let shown = rendered.split(separator: "\n").first.map(String.init) ?? ""
        #expect(shown.hasPrefix("probes.d/a.yaml:4:\(column): error: "), "\(rendered)")
        #expect(shown.contains(": " + message), "\(rendered)")
    }

    @Test("${probe} is refused where no probe is")
    func noProbe() {
        #expect(
            Self.refusal(main: "agent: {name: '${probe}'}", probes: "")
                == """
                bellwether.yaml:1:16: error: agent.name: ${probe} stands for something only in probes and defaults

                """
        )
    }

    @Test("no diagnostic shows what a variable stands for")
    func hidden() {
        for line in [
            "http: 'ftp://${env:TOKEN}/'", "http: 'http://a ${env:TOKEN}'", "tcp: '${env:TOKEN}'",
            "dns: '${env:TOKEN}..x'",
            "icmp: '${env:TOKEN}'", "websocket: '${env:TOKEN}'", "grpc: '${env:TOKEN}:x'", "process: 'a/${env:TOKEN}'",
            "script: ['${env:TOKEN}']", "{http: 'http://a', depends_on: ['${env:TOKEN}']}",
            "http: {url: 'http://a', method: '${env:TOKEN}'}", "http: {url: 'http://a', proxy: '${env:TOKEN}'}",
        ] {
            let text = line.hasPrefix("{") ? "probes: {a: \(line)}" : "probes: {a: {\(line)}}"
            let rendered = Self.refusal(probes: text)
            #expect(!rendered.contains("s3cret") && !rendered.contains("value"), "\(rendered)")
        }
    }

    @Test("what replacement makes is bounded")
    func bounded() {
        let body = String(repeating: "${env:BIG}", count: 17)
        let rendered = Self.refusal(probes: "probes: {a: {http: {url: 'http://a', body: '\(body)'}}}")
        #expect(rendered.contains("more than 1048576 bytes with all of ${…} replaced"))
    }

    private static func configuration(main: String? = nil, probes: String) throws -> Configuration {
        try Configuration(
            main: main.map { ConfigurationSource(path: "bellwether.yaml", text: $0) },
            probeFiles: [ConfigurationSource(path: "probes.d/a.yaml", text: probes)],
            variables: variables
        )
    }

    private static func refusal(main: String? = nil, probes: String) -> String {
        do {
            Issue.record("taken: \(try configuration(main: main, probes: probes))")
            return ""
        } catch let refusal as ConfigurationRefusal {
            return refusal.diagnostics.render(sources: [])
        } catch {
            return "\(error)"
        }
    }
}
