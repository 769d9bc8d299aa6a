// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("OutcomeReport")
struct OutcomeReportTests {
    private static func text(_ outcome: Outcome) throws -> String {
        let name = try #require(TargetName("probe"))
        let spec = ProbeSpec(name: name, probe: .http(HTTPProbe(url: try HTTPURL("https://api.test/"))))
        return OutcomeReport(spec: spec, outcome: outcome, time: WallTime(nanosecondsSinceEpoch: 0)).text
    }

    private static func certificate(_ subject: String, days: Int64) -> CertificateFacts {
        CertificateFacts(
            subject: subject,
            issuer: "CN=x",
            names: [],
            serial: "01",
            notBefore: 0,
            notAfter: days * 86_400
        )
    }

    @Test("what TLS agreed on and how long the certificates last is shown")
    func tls() throws {
        let facts = TLSFacts(
            version: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            chain: [Self.certificate("CN=api.test", days: 90), Self.certificate("CN=intermediate", days: 20)],
            isVerified: true
        )
        let outcome = Outcome(
            verdict: .healthy,
            layer: .l7OK,
            startedAt: MonotonicInstant(nanoseconds: 0),
            duration: .milliseconds(12),
            phases: PhaseTimings(tls: .milliseconds(3)),
            address: "10.0.0.5:443",
            observed: Observed(httpStatus: 200, tls: facts)
        )
        #expect(
            try Self.text(outcome) == """
                healthy  http https://api.test/
                  200 in 12ms
                  10.0.0.5:443, total 12ms, tls 3ms
                  TLSv1.3, TLS_AES_256_GCM_SHA384
                  certificate of CN=api.test, until 1970-04-01T00:00:00Z, 90 days left
                  first to end: CN=intermediate, until 1970-01-21T00:00:00Z, 20 days left
                """
        )
    }

    @Test("what is wrong with a chain is shown, also where nothing else was seen")
    func problem() throws {
        let outcome = Outcome(
            verdict: .unhealthy,
            layer: .l6Response,
            failure: Failure(.tlsUntrusted, "the certificate of CN=a is not trusted: self-signed certificate"),
            startedAt: MonotonicInstant(nanoseconds: 0),
            duration: .milliseconds(12),
            observed: Observed(tls: TLSFacts(isVerified: false, verificationProblem: "self-signed certificate"))
        )
        #expect(
            try Self.text(outcome) == """
                unhealthy  http https://api.test/
                  tls_untrusted (L6RSP): the certificate of CN=a is not trusted: self-signed certificate
                  total 12ms
                  not verified: self-signed certificate
                """
        )
    }
}
