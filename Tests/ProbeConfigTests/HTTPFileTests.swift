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

    /// The HTTP probes of a file, by name.
    private static func probes(_ name: String) throws -> [HTTPProbe] {
        try Configuration(main: nil, probeFiles: [Fixture(folder: "valid", name: name).source]).probes.map { spec in
            guard case .http(let probe) = spec.probe else { preconditionFailure("not http: \(spec)") }
            return probe
        }
    }
}
