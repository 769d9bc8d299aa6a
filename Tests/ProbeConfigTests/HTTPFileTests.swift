// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig
import Testing

/// Each file of `Fixtures/valid` about HTTP probes means exactly what its test says.
@Suite("Valid files of HTTP probes")
struct HTTPFileTests {
    @Test("conditions on fields and on JSON arrive as they were meant")
    func httpExpectations() throws {
        let http = try #require(try Self.probes("http-expectations").first)
        #expect(http.expect.headers.map(\.name) == ["Content-Type", "X-Any"])
        #expect(http.expect.headers.map(\.pattern) == ["^application/json", "."])
        func number(_ text: String) throws -> DecimalNumber { try #require(DecimalNumber(text)) }
        let conditions: [(String, JSONCondition)] = [
            ("$.status", .equals(.text("UP"))),
            ("$.ready", .equals(.truth(true))),
            ("$.error", .equals(.null)),
            ("$.tilde", .equals(.null)),
            ("$.count", .equals(.number(try number("10")))),
            ("$.quoted", .equals(.text("10"))),
            ("$.word", .equals(.text("true"))),
            ("$['a b'][0]", .equals(.number(try number("1.5")))),
            ("$.queue.depth", .compares(.less, try number("1000"))),
            ("$.queue.max", .compares(.atMost, try number("1000"))),
            ("$.queue.min", .compares(.greater, try number("2"))),
            ("$.queue.low", .compares(.atLeast, try number("-0.5"))),
            ("$.items.length()", .differs(.number(try number("0")))),
            ("$.other", .differs(.text("5"))),
            ("$.name", .differs(.text("bare text"))),
            ("$.literal", .equals(.text("< 5"))),
            ("$.version", .matches(#"^v\d+"#)),
            ("$.there", .exists),
            ("$.gone", .missing),
            ("$.empty", .equals(.text(""))),
            ("$.date", .equals(.text("2026-12-01"))),
        ]
        #expect(http.expect.json == (try conditions.map { JSONExpectation(try JSONPath($0.0), $0.1) }))
    }

    @Test("what is sent arrives where it belongs, and secrets are named where they are written")
    func request() throws {
        let source = try Fixture(folder: "valid", name: "http-request").source
        let configuration = try Configuration(main: nil, probeFiles: [source])
        let basic = HTTPProbe(
            url: try HTTPURL("http://127.0.0.1/"),
            method: "PUT",
            headers: [HTTPField(name: "X-Probe", value: "bellwether")],
            secretHeaders: [
                SecretField(name: "X-Key", value: .environment("API_KEY")),
                SecretField(name: "Cookie", value: .file("/run/secrets/cookie")),
            ],
            credentials: .basic(user: .text("probe"), password: .file("/etc/bellwether/password")),
            bodyFile: "/etc/bellwether/ping.json",
            version: .http1
        )
        let bearer = HTTPProbe(
            url: try HTTPURL("https://127.0.0.1/"),
            credentials: .bearer(.credential("token")),
            version: .http2
        )
        let written = HTTPProbe(
            url: try HTTPURL("http://127.0.0.1/"),
            credentials: .basic(user: .environment("USER_NAME"), password: .text("open sesame")),
            version: .http2PriorKnowledge
        )
        #expect(configuration.probes.map(\.probe) == [.http(basic), .http(bearer), .http(written)])
        #expect(configuration.namedFiles.map(\.path) == ["/etc/bellwether/ping.json"])
        let named = configuration.namedSecrets.map { "\($0.location): \($0.keyPath): \($0.secret.reference)" }
        let path = "probes.d/http-request.yaml"
        #expect(
            named == [
                "\(path):7:45: probes.basic.http.headers.X-Key: environment variable API_KEY",
                "\(path):7:69: probes.basic.http.headers.Cookie: file /run/secrets/cookie",
                "\(path):8:45: probes.basic.http.auth.basic.password: file /etc/bellwether/password",
                "\(path):14:22: probes.bearer.http.auth.bearer: credential token",
                "\(path):19:28: probes.written.http.auth.basic.user: environment variable USER_NAME",
            ]
        )
    }

    @Test("P12: no description of a probe shows a secret")
    func descriptions() throws {
        let configuration = try Configuration(
            main: nil,
            probeFiles: [
                ConfigurationSource(
                    path: "probes.d/a.yaml",
                    text:
                        "probes: {a: {http: {url: 'http://a/', auth: {basic: {user: hidden-user, password: hidden-word}}}}}"
                )
            ]
        )
        var dumped = ""
        dump(configuration.probes, to: &dumped)
        for text in ["\(configuration.probes)", String(reflecting: configuration.probes), dumped] {
            #expect(text.contains("***"))
            #expect(!text.contains("hidden"))
        }
    }

    /// The HTTP probes of a file, by name.
    private static func probes(_ name: String) throws -> [HTTPProbe] {
        try Configuration(main: nil, probeFiles: [Fixture(folder: "valid", name: name).source]).probes.map { spec in
            guard case .http(let probe) = spec.probe else { preconditionFailure("not http: \(spec)") }
            return probe
        }
    }
}
