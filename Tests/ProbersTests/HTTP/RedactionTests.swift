// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Probers

@Suite("Redaction")
struct RedactionTests {
    @Test(
        "a secret is hidden wherever a target says it, also where the text was cut within it",
        arguments: [
            ("you sent hunter22!", "you sent ***!"),
            ("hunter22hunter22", "******"),
            ("cut at hunt", "cut at ***"),
            ("$.echo is \"hunte…, expected \"x\"", "$.echo is \"***…, expected \"x\""),
            ("hun is no secret", "hun is no secret"),
            ("nothing", "nothing"),
            ("", ""),
        ]
    )
    func text(seen: String, shown: String) {
        #expect(Redaction(hiding: ["hunter22"]).applied(to: seen) == shown)
    }

    @Test("of secrets within each other the longer is hidden first; very short ones are left alone")
    func several() {
        let redaction = Redaction(hiding: ["word", "a word apart", "x"])
        #expect(redaction.applied(to: "a word apart, one word, x") == "***, one ***, x")
    }

    @Test("message and excerpt of an outcome are redacted")
    func outcome() {
        let failure = Failure(.body, "body is hunter22", evidence: Evidence(excerpt: "token=hunter22"))
        let outcome = Outcome(
            verdict: .unhealthy,
            layer: .l7Status,
            failure: failure,
            startedAt: MonotonicInstant(nanoseconds: 0),
            duration: .zero
        )
        let shown = Redaction(hiding: ["hunter22"]).applied(to: outcome)
        #expect(shown.message == "body is ***")
        #expect(shown.failure?.evidence.excerpt == "token=***")
    }

    @Test(
        "base 64 as RFC 4648 section 10 has it",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"), ("ÿþ?>", "w7/Dvj8+"),
        ]
    )
    func base64(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
    }
}
