// SPDX-License-Identifier: Apache-2.0

import ProbeConfig
import Testing

/// Each file of `Fixtures/suspicious` is legal, and named after what looks wrong in it.
@Suite("Suspicious files")
struct SuspiciousFileTests {
    @Test("a suspicious file is taken with exactly these warnings", arguments: Fixture.all(in: "suspicious"))
    func warnings(fixture: Fixture) throws {
        let source = try fixture.source
        let configuration = try Configuration(main: nil, probeFiles: [source])
        let rendered = configuration.warnings.render(sources: [source])
        let expected = try fixture.expected(actual: rendered)
        #expect(rendered == expected)
        #expect(!configuration.warnings.isEmpty && configuration.warnings.allSatisfy { $0.severity == .warning })
    }

    @Test("every golden text belongs to a file")
    func completeness() {
        let names = Fixture.names(in: "suspicious", ending: ".yaml")
        #expect(Fixture.names(in: "suspicious", ending: ".expected") == names)
        #expect(names.count >= 12)
    }

    @Test(
        "a probe of the agent's own status is found on whatever way it comes",
        arguments: [
            (
                "listen: [{address: 'unix:/run/b.sock'}]", "http: {url: 'http://x/readyz', unix_socket: /run/b.sock}",
                true
            ),
            (
                "listen: [{address: 'unix:/run/b.sock'}]", "http: {url: 'http://x/readyz', unix_socket: /run/c.sock}",
                false
            ),
            ("listen: [{address: '0.0.0.0:80'}]", "http: 'http://edge-1/readyz'", true),
            ("listen: [{address: '0.0.0.0:80'}]", "http: 'http://edge-2/readyz'", false),
            ("listen: [{address: '127.0.0.1:80'}]", "http: 'http://edge-1/readyz'", false),
            ("listen: [{address: '[::]:80'}]", "http: {url: 'http://x/', address: {resolve: '::1'}}", true),
            ("listen: [{address: '0.0.0.0:80'}]", "http: {url: 'http://localhost/', proxy: 'http://p:1'}", false),
            ("listen: [{address: '0.0.0.0:80'}]", "grpc: 'localhost:80'", true),
            ("agent_check: {address: '0.0.0.0:9'}", "tcp: {address: 'localhost:9', dialog: [{expect: up}]}", true),
            ("agent_check: {address: '0.0.0.0:9'}", "tcp: 'localhost:9'", false),
        ]
    )
    func loop(main: String, probe: String, isLoop: Bool) throws {
        let configuration = try Configuration(
            main: ConfigurationSource(path: "bellwether.yaml", text: main),
            probeFiles: [ConfigurationSource(path: "a.yaml", text: "probes: {a: {\(probe)}}")],
            variables: TextVariables(hostname: "edge-1") { _ in nil }
        )
        #expect(configuration.warnings.contains { $0.detail.code == .selfProbe } == isLoop)
    }

    @Test("a secret that stands in the file is starred in every line that is shown")
    func starred() throws {
        let text = """
            probes:
              a: {http: {url: 'https://a/', auth: {bearer: s3cret}, timeot: 1s}, interval: s3}
              b: {http: {url: 'https://b/', headers: {Cookie: "s3cret\\
                s3cret", timeot: 1, Authorization: {text: s3}}}, intervall: s3}
            """
        let file = ConfigurationSource(path: "a.yaml", text: text)
        do {
            Issue.record("taken: \(try Configuration(main: nil, probeFiles: [file]))")
        } catch {
            let rendered = error.diagnostics.render(sources: [file])
            #expect(!rendered.contains("s3cret"))
            #expect(rendered.contains("auth: {bearer: ******}, timeot: 1s}"))
            #expect(rendered.contains("error: probes.b: unknown key \"intervall\""))
        }
    }

    @Test("a second copy names the first one's place")
    func copy() throws {
        let files = ["a", "b"].map {
            ConfigurationSource(path: "probes.d/\($0).yaml", text: "probes: {\($0): {tcp: 'db:5432'}}")
        }
        let warning = try #require(try Configuration(main: nil, probeFiles: files).warnings.first)
        #expect(warning.message == "probes.b: asks exactly what a at probes.d/a.yaml:1:10 asks")
        #expect(warning.related?.description == "probes.d/a.yaml:1:10")
    }
}
