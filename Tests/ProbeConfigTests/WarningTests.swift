// SPDX-License-Identifier: Apache-2.0

import ProbeConfig
import Testing

@Suite("Warnings")
struct WarningTests {
    @Test(
        "a probe of the agent's own status is taken with a warning",
        arguments: [
            ("127.0.0.1:9797", "http://127.0.0.1:9797/readyz"),
            ("127.0.0.1:9797", "http://localhost:9797/health/ready?verbose"),
            ("0.0.0.0:9797", "http://127.0.0.1:9797/"),
            ("[::]:9797", "http://[::1]:9797/health"),
            ("10.0.0.2:9797", "http://10.0.0.2:9797/readyz/web"),
            ("edge-1:80", "http://EDGE-1/startupz"),
        ]
    )
    func loop(listener: String, url: String) throws {
        let configuration = try Self.configuration(listener: listener, url: url)
        #expect(configuration.probes.count == 1)
        #expect(
            configuration.warnings.render(sources: []) == """
                probes.d/a.yaml:1:10: warning: probes.self: probes the agent's own status on \(listener), which depends \
                on this probe

                """
        )
    }

    @Test(
        "a probe of something else is taken without",
        arguments: [
            ("127.0.0.1:9797", "http://127.0.0.1:9798/readyz"),
            ("127.0.0.1:9797", "http://127.0.0.1:9797/livez"),
            ("127.0.0.1:9797", "http://127.0.0.1:9797/health/live"),
            ("127.0.0.1:9797", "http://127.0.0.1:9797/metrics"),
            ("127.0.0.1:9797", "http://10.0.0.2:9797/readyz"),
            ("0.0.0.0:9797", "http://10.0.0.2:9797/readyz"),
            ("10.0.0.2:9797", "http://127.0.0.1:9797/readyz"),
            ("unix:/run/x", "http://127.0.0.1:9797/readyz"),
        ]
    )
    func noLoop(listener: String, url: String) throws {
        #expect(try Self.configuration(listener: listener, url: url).warnings == [])
    }

    @Test("a script below its shortest interval is an error, above it not even a warning")
    func scriptInterval() throws {
        let file = ConfigurationSource(path: "a.yaml", text: "probes: {a: {script: [/bin/true], interval: 1s}}")
        #expect(try Configuration(main: nil, probeFiles: [file]).warnings == [])
    }

    @Test("warnings are never left out and never counted as errors")
    func manyWarnings() throws {
        let main = ConfigurationSource(path: "bellwether.yaml", text: "")
        let text = "probes:\n" + (0..<300).map { "  a\($0): {http: 'http://127.0.0.1:9797/readyz?\($0)'}\n" }.joined()
        let file = ConfigurationSource(path: "probes.d/a.yaml", text: text)
        let configuration = try Configuration(main: main, probeFiles: [file])
        #expect(configuration.warnings.count == 300)
        #expect(configuration.warnings.allSatisfy { $0.severity == .warning })
    }

    @Test("scripts that are turned off are refused where they are defined")
    func scriptsOff() {
        let main = ConfigurationSource(path: "bellwether.yaml", text: "scripts: {enabled: false}")
        let file = ConfigurationSource(path: "a.yaml", text: "probes: {a: {script: [/bin/true]}}")
        do {
            Issue.record("taken: \(try Configuration(main: main, probeFiles: [file]))")
        } catch {
            #expect(
                error.diagnostics.render(sources: [])
                    == "a.yaml:1:10: error: probes.a: script probes are turned off (scripts.enabled is false)\n"
            )
        }
    }

    private static func configuration(listener: String, url: String) throws -> Configuration {
        let main = ConfigurationSource(path: "bellwether.yaml", text: "listen: [{address: '\(listener)'}]")
        let file = ConfigurationSource(path: "probes.d/a.yaml", text: "probes: {self: {http: '\(url)'}}")
        return try Configuration(main: main, probeFiles: [file])
    }
}
