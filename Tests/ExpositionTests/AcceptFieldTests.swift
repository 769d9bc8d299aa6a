// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Exposition

@Suite("Accept fields")
struct AcceptFieldTests {
    static let types: [Answer.ContentType] = [.healthJSON, .text, .json, .actuatorJSON]

    @Test(
        "the best liked media type is chosen, the default where nothing is better",
        arguments: [
            ([], .healthJSON),
            (["*/*"], .healthJSON),
            ([""], .healthJSON),
            (["application/*"], .healthJSON),
            (["text/plain"], .text),
            (["TEXT/Plain;Charset=UTF-8"], .text),
            (["text/*;q=0.3, application/json;q=0.2"], .text),
            (["text/*;q=0.3, application/json;q=0.31"], .json),
            (["application/json", "text/plain;q=0.9"], .json),
            // axios' default: all the same, so the server chooses.
            (["application/json, text/plain, */*"], .healthJSON),
            (["application/health+json;q=0, */*"], .text),
            (["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"], .healthJSON),
            (["application/vnd.spring-boot.actuator.v3+json, application/json;q=0.9"], .actuatorJSON),
            // The more specific range decides, whatever its place.
            (["*/*;q=0.1, text/plain;q=0.05"], .healthJSON),
            (["text/*;q=1, text/plain;q=0.1, application/json;q=0.5"], .json),
            // Nothing that can be answered: the default, not 406.
            (["image/png"], .healthJSON),
            (["*/*;q=0"], .healthJSON),
        ] as [([String], Answer.ContentType)]
    )
    func choice(values: [String], expected: Answer.ContentType) {
        #expect(AcceptField(values).choice(of: Self.types, type: \.self) == expected)
    }

    @Test(
        "a weight is at most 1 with at most three decimals",
        arguments: [
            ("text/plain;q=0", 0), ("text/plain;q=1", 1_000), ("text/plain;q=1.000", 1_000),
            ("text/plain;q=0.5", 500), ("text/plain; Q=0.001", 1), ("text/plain;q=0.", 0),
            ("text/plain ; q=0.25 ", 250),
            ("text/plain;a=\"x,;q=0\";q=0.7", 700), ("text/plain;version=1.0.0;q=0.9, */*;q=0.1", 100),
        ]
    )
    func weights(value: String, expected: Int) {
        #expect(AcceptField([value]).quality(of: .text) == expected)
    }

    @Test(
        "a malformed member is passed over",
        arguments: [
            "text/plain;q=1.1", "text/plain;q=1.0000", "text/plain;q=-1", "text/plain;q=0.1234", "text/plain;q=",
            "text/plain;q=1e9", "text/plain;q=NaN", "text", "text/", "/plain", "*/plain", "te xt/plain", "text/plain/x",
            "text/plain;q=\"0.5\"",
        ]
    )
    func malformed(value: String) {
        #expect(AcceptField([value, "application/json;q=0.5"]).quality(of: .text) == 0)
        #expect(AcceptField([value, "application/json;q=0.5"]).quality(of: .json) == 500)
    }

    @Test("of a long list only the first 32 ranges count")
    func bounded() {
        let many = Array(repeating: "a/b", count: 31).joined(separator: ",")
        #expect(AcceptField([many + ",text/plain"]).quality(of: .text) == 1_000)
        #expect(AcceptField([many + ",a/b,text/plain"]).quality(of: .text) == 0)
    }

    @Test(
        "hostile bytes are read without harm",
        arguments: ["\"", ",,,;;;", "\"\\", "a/b;\"", "\u{0}/\u{FF}", "=;=/="]
    )
    func hostile(value: String) {
        #expect(AcceptField([value]).choice(of: Self.types, type: \.self) == .healthJSON)
    }

    @Test("every media type that is answered is one, and matches itself", arguments: Answer.ContentType.allCases)
    func own(type: Answer.ContentType) {
        #expect(AcceptField([type.rawValue, "*/*;q=0"]).quality(of: type) == 1_000)
    }

    @Test("a version in a range must be the answer's; other parameters do not matter")
    func versions() {
        let candidates: [Answer.ContentType] = [.prometheus, .openMetrics]
        func choice(_ value: String) -> Answer.ContentType {
            AcceptField([value]).choice(of: candidates, type: \.self)
        }
        // Prometheus 2.42 and 3.
        #expect(
            choice(
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
            ) == .openMetrics
        )
        #expect(
            choice(
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
            ) == .openMetrics
        )
        #expect(choice("application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5") == .prometheus)
        #expect(choice("application/openmetrics-text; version=\"1.0.0\"") == .openMetrics)
        #expect(choice("text/plain") == .prometheus)
        #expect(choice("*/*") == .prometheus)
    }
}
