// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Testing

@testable import Agent

@Suite("OutcomeReport")
struct OutcomeReportTests {
    private static let start = MonotonicInstant(nanoseconds: 0)
    private static let http = "https://api.test/"

    private static func report(
        _ outcome: Outcome,
        of probe: Probe? = nil,
        style: TerminalStyle = .plain
    ) throws -> OutcomeReport {
        let probe = try probe ?? .http(HTTPProbe(url: HTTPURL(http)))
        let spec = ProbeSpec(name: try #require(TargetName("probe")), probe: probe)
        return OutcomeReport(spec: spec, outcome: outcome, time: WallTime(nanosecondsSinceEpoch: 0), style: style)
    }

    private static func certificate(_ subject: String, days: Int64, names: [String] = []) -> CertificateFacts {
        CertificateFacts(
            subject: subject,
            issuer: "CN=x",
            names: names,
            serial: "01",
            notBefore: 0,
            notAfter: days * 86_400
        )
    }

    private static func outcome(
        _ verdict: Verdict = .healthy,
        _ layer: Layer = .l7OK,
        _ failure: Failure? = nil,
        phases: PhaseTimings = PhaseTimings(),
        address: String? = nil,
        _ observed: Observed = Observed()
    ) -> Outcome {
        Outcome(
            verdict: verdict,
            layer: layer,
            failure: failure,
            startedAt: start,
            duration: .milliseconds(12),
            phases: phases,
            address: address,
            observed: observed
        )
    }

    @Test("an HTTPS probe shows where, how long each phase took, and all of TLS")
    func https() throws {
        let facts = TLSFacts(
            version: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            chain: [
                Self.certificate("CN=api.test", days: 90, names: ["api.test", "10.0.0.5"]),
                Self.certificate("CN=intermediate", days: 20), Self.certificate("CN=root", days: 4_000),
            ],
            isVerified: true
        )
        let outcome = Self.outcome(
            phases: PhaseTimings(
                dns: .microseconds(50),
                connect: .milliseconds(2),
                tls: .milliseconds(6),
                firstByte: .milliseconds(3),
                transfer: .microseconds(900)
            ),
            address: "10.0.0.5:443",
            Observed(httpStatus: 200, httpVersion: "2", tls: facts)
        )
        #expect(
            try Self.report(outcome).text == """
                healthy  http https://api.test/
                  200 in 12ms

                  address       10.0.0.5:443
                  http          HTTP/2 200
                  dns             0.05ms  |#                                       |
                  connect            2ms  |#######                                 |
                  tls                6ms  |      #####################             |
                  first byte         3ms  |                          ###########   |
                  transfer         0.9ms  |                                    ####|
                  total             12ms

                  tls           TLSv1.3, TLS_AES_256_GCM_SHA384, verified
                  certificate   CN=api.test
                    issuer      CN=x
                    names       api.test, 10.0.0.5
                    serial      01
                    from        1970-01-01T00:00:00Z
                    until       1970-04-01T00:00:00Z, 90 days left
                  chain         CN=intermediate, until 1970-01-21T00:00:00Z, 20 days left
                                CN=root, until 1980-12-14T00:00:00Z, 4000 days left
                """
        )
    }

    @Test("a failure shows its reason, layer and evidence, and what is wrong with a chain where nothing else was seen")
    func failure() throws {
        let failure = Failure(
            .tlsUntrusted,
            "the certificate of CN=a is not trusted: self-signed certificate",
            evidence: Evidence(
                phase: .tls,
                systemError: SystemError(code: 104, text: "Connection reset by peer"),
                curlCode: 60,
                tlsAlert: "unknown_ca",
                excerpt: "<html>"
            )
        )
        let facts = TLSFacts(isVerified: false, verificationProblem: "self-signed certificate")
        #expect(
            try Self.report(Self.outcome(.unhealthy, .l6Response, failure, Observed(tls: facts))).text == """
                unhealthy  http https://api.test/
                  tls_untrusted (L6RSP): the certificate of CN=a is not trusted: self-signed certificate

                  total             12ms

                  tls           not verified: self-signed certificate

                  failed in     tls
                  system error  Connection reset by peer (errno 104)
                  curl code     60
                  tls alert     unknown_ca
                  answer began  <html>
                """
        )
    }

    @Test("a script shows its exit code, its whole output and its performance data")
    func script() throws {
        let failure = Failure(.execExit, "exit code 1: DISK WARNING", evidence: Evidence(excerpt: "DISK WARNING"))
        let observed = Observed(
            exitCode: 1,
            output: "DISK WARNING | /=85%\nmore\n",
            performanceData: [
                PerformanceDatum(label: "/", value: 85, unit: "%"),
                PerformanceDatum(label: "load", value: 0.5, unit: ""),
                PerformanceDatum(label: "x", value: nil, unit: ""),
            ]
        )
        let probe = Probe.script(ScriptProbe(command: ["/bin/check", "-w", "80"]))
        #expect(
            try Self.report(Self.outcome(.degraded, .l7Status, failure, observed), of: probe).text == """
                degraded  script /bin/check -w 80
                  exec_exit (L7STS): exit code 1: DISK WARNING

                  total             12ms

                  exit code     1
                  output        DISK WARNING | /=85%
                                more
                  perfdata      / = 85 %
                                load = 0.5
                                x = unknown
                """
        )
    }

    @Test(
        "what only one kind sees is shown",
        arguments: [
            (
                Observed(grpcStatus: 0, servingStatus: "SERVING", watch: .live),
                ["  serving       SERVING", "  grpc status   0", "  watch         live"]
            ),
            (Observed(closeCode: 1000), ["  close code    1000"]),
            (Observed(signal: 9), ["  signal        9"]),
            (
                Observed(
                    facts: .dns(
                        DNSFacts(
                            code: "NOERROR",
                            answers: ["192.0.2.7", "192.0.2.8"],
                            answerCount: 3,
                            isAuthoritative: true,
                            transport: .tcp
                        )
                    )
                ),
                [
                    "  response      NOERROR, 3 answers over tcp, authoritative", "  answers       192.0.2.7",
                    "                192.0.2.8", "                and 1 more",
                ]
            ),
            (
                Observed(
                    facts: .echo(
                        EchoFacts(
                            sent: 3,
                            received: 2,
                            fastest: .milliseconds(1),
                            mean: .milliseconds(2),
                            slowest: .milliseconds(3)
                        )
                    )
                ),
                ["  echo          2 of 3 replies", "  round trip    min 1ms, mean 2ms, max 3ms"]
            ),
            (
                Observed(facts: .processes(ProcessCensus(count: 2, ids: [7, 12]))),
                ["  processes     2 processes", "  pids          7 12"]
            ),
        ]
    )
    func kinds(observed: Observed, lines: [String]) throws {
        let text = try Self.report(Self.outcome(.healthy, .l7OK, nil, observed)).text
        #expect(text.split(separator: "\n").suffix(lines.count).map(String.init) == lines)
    }

    @Test("a line of a series has everything in its column")
    func line() throws {
        let passed = Self.outcome(address: "10.0.0.5:443", Observed(httpStatus: 200))
        #expect(try Self.report(passed).line(7) == "   7  healthy        12ms  10.0.0.5:443  200 in 12ms")
        let failed = Self.outcome(.unhealthy, .l4Connection, Failure(.dns, "no such name"))
        #expect(try Self.report(failed).line(12_345) == "12345  unhealthy      12ms  dns (L4CON): no such name")
    }

    @Test("colours are only the verdict's and the labels', and take no column")
    func colors() throws {
        let style = TerminalStyle(isColored: true)
        let outcome = Self.outcome(.unhealthy, .l4Connection, Failure(.dns, "no such name"))
        #expect(
            try Self.report(outcome, style: style).text == """
                \u{1B}[1;31munhealthy\u{1B}[0m  http https://api.test/
                  dns (L4CON): no such name

                \u{1B}[2m  total         \u{1B}[0m    12ms
                """
        )
        let line = try Self.report(Self.outcome(), style: style).line(1)
        #expect(line == "   1  \u{1B}[1;32mhealthy\u{1B}[0m        12ms  passed in 12ms")
    }
}
