// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import Testing

@Suite("TLS facts in the documents")
struct TLSFactsTests {
    private static let leaf = CertificateFacts(
        subject: "CN=api.internal",
        issuer: "CN=Intermediate \"1\"",
        names: ["api.internal", "10.0.0.5"],
        serial: "0A1B",
        notBefore: 1_790_000_000,
        notAfter: 1_795_232_950 + 5 * 86_400 + 7
    )
    private static let authority = CertificateFacts(
        subject: "CN=Root",
        issuer: "CN=Root",
        names: [],
        serial: "01",
        notBefore: 0,
        notAfter: 253_402_300_799
    )

    private static func outcome(_ tls: TLSFacts?) -> Outcome {
        Outcome(
            verdict: .healthy,
            layer: .l7OK,
            startedAt: Fixtures.now,
            duration: .milliseconds(12),
            observed: Observed(httpStatus: 200, tls: tls)
        )
    }

    private static func document(_ tls: TLSFacts?) -> String {
        let document = OutcomeDocument(target: "api", kind: "http", outcome: outcome(tls), at: Fixtures.wallNow)
        return String(decoding: document.bytes, as: UTF8.self)
    }

    @Test("version, cipher and chain are under tls, the server's own certificate under certificate")
    func verified() {
        let facts = TLSFacts(
            version: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            chain: [Self.leaf, Self.authority],
            isVerified: true
        )
        let expected = #"""
            "observed":{"status":200,"tls":{"version":"TLSv1.3","cipher":"TLS_AES_256_GCM_SHA384","verified":true,
            "chain":[{"subject":"CN=api.internal","issuer":"CN=Intermediate \"1\"","serial":"0A1B",
            "not_before":"2026-09-21T14:13:20Z","not_after":"2026-11-26T03:49:17Z"},
            {"subject":"CN=Root","issuer":"CN=Root","serial":"01",
            "not_before":"1970-01-01T00:00:00Z","not_after":"9999-12-31T23:59:59Z"}]},
            "certificate":{"not_after":"2026-11-26T03:49:17Z","subject":"CN=api.internal",
            "issuer":"CN=Intermediate \"1\"","names":["api.internal","10.0.0.5"],"days_left":5}}
            """#
        #expect(Self.document(facts).contains(expected.split(separator: "\n").joined()))
    }

    @Test("a problem is told, and what was not seen is left out")
    func problem() {
        let facts = TLSFacts(isVerified: false, verificationProblem: "self-signed certificate")
        #expect(
            Self.document(facts)
                .contains(#""observed":{"status":200,"tls":{"verified":false,"problem":"self-signed certificate"}}"#)
        )
        #expect(Self.document(nil).contains(#""observed":{"status":200}"#))
    }

    @Test("the alert of a failed handshake is evidence")
    func alert() {
        var outcome = Self.outcome(nil)
        outcome.failure = Failure(
            .tlsHandshake,
            "no",
            evidence: Evidence(phase: .tls, tlsAlert: "certificate_required")
        )
        let document = OutcomeDocument(target: "api", kind: "http", outcome: outcome, at: Fixtures.wallNow)
        #expect(
            String(decoding: document.bytes, as: UTF8.self)
                .contains(#""evidence":{"phase":"tls","tls_alert":"certificate_required"}"#)
        )
    }

    @Test("the metric is the end of the chain's first certificate, and goes with the facts")
    func metric() {
        func text(_ tls: TLSFacts?) -> String {
            var target = Fixtures.api
            target.lastOutcome = Self.outcome(tls)
            return StatusView(Fixtures.snapshot(.healthy, [target]), at: Fixtures.now).metrics().text
        }
        let line = "bellwether_tls_not_after_seconds{target=\"api\"} 1795664957\n"
        #expect(text(TLSFacts(chain: [Self.leaf, Self.authority])).contains(line))
        #expect(text(TLSFacts(chain: [Self.authority, Self.leaf])).contains(line))
        #expect(!text(TLSFacts()).contains("bellwether_tls_not_after_seconds"))
        #expect(!text(nil).contains("bellwether_tls_not_after_seconds"))
    }
}
