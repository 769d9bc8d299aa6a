// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig
import Testing

/// Each file of `Fixtures/explained` defines a probe of its name; the text beside it is its whole explanation.
@Suite("ProbeExplanation")
struct ExplanationTests {
    private static let main = ConfigurationSource(
        path: "bellwether.yaml",
        text: """
            listen: [{address: 'unix:/run/b.sock'}, {address: '0.0.0.0:9797', degraded: 503}]
            defaults:
              timeout: 3s
              breaker: {success_threshold: 3}
            """
    )

    @Test("a probe is explained in exactly these words", arguments: Fixture.all(in: "explained"))
    func text(fixture: Fixture) throws {
        let text = try Self.explanation(fixture.name, try fixture.source).text
        let expected = try fixture.expected(actual: text)
        #expect(text == expected)
        #expect(!text.contains("s3cret"))
    }

    @Test("a name that no probe has is refused with the nearest one")
    func unknown() throws {
        let file = ConfigurationSource(path: "a.yaml", text: "probes: {checkout: {tcp: 'a:1'}}")
        #expect(
            throws: ProbeExplanation.Unknown(message: "no probe is called \"chekout\" (did you mean \"checkout\"?)")
        ) {
            try Self.explanation("chekout", file)
        }
    }

    @Test("what a variable of the environment stands for is not shown")
    func environment() throws {
        let file = ConfigurationSource(path: "a.yaml", text: "probes: {a: {http: 'http://a/${env:TOKEN}'}}")
        let text = try ProbeExplanation(
            of: "a",
            main: nil,
            probeFiles: [file],
            variables: TextVariables(hostname: "edge-1") { _ in "s3cret" }
        ).text
        #expect(!text.contains("s3cret"))
        #expect(text.contains("http://a/${env:TOKEN}"))
    }

    @Test(
        "every kind has explained values, those written before those built in, none twice",
        arguments: Fixture.all(in: "valid")
    )
    func everyKind(fixture: Fixture) throws {
        let source = try fixture.source
        for spec in try Configuration(main: nil, probeFiles: [source]).probes {
            let values = try ProbeExplanation(of: spec.name.text, main: nil, probeFiles: [source]).values
            let own = values.prefix { $0.key.hasPrefix(spec.probe.kind) }
            #expect(own.first.map { $0.origin != .builtIn } == true)
            #expect(own.drop { $0.origin != .builtIn }.allSatisfy { $0.origin == .builtIn })
            #expect(Set(values.map(\.key)).count == values.count)
        }
    }

    private static func explanation(_ name: String, _ file: ConfigurationSource) throws -> ProbeExplanation {
        try ProbeExplanation(
            of: name,
            main: main,
            probeFiles: [file],
            variables: TextVariables(hostname: "edge-1") { _ in nil }
        )
    }
}
