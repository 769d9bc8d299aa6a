// SPDX-License-Identifier: Apache-2.0

import HTTPTestSupport
import HealthModel
import LinuxRuntime
import PatternMatching
import Probers
import Testing

@Suite("HTTPProber")
struct HTTPProberTests {
    @Test("a run asks the target and tells its outcome once")
    func run() async throws {
        let server = ByteServer(.readRequest, ByteServer.answer("status: UP"))
        defer { server.stop() }
        let expectation = HTTPExpectation(bodyContains: ["UP"], bodyNotMatches: ["DOWN|ERROR"])
        let probe = HTTPProbe(url: try HTTPURL("http://127.0.0.1:\(server.port)/health"), expect: expectation)
        try await withLoop { loop in
            let prober = try HTTPProber(probe, over: HTTPClient(on: loop).transport, on: loop)
            let outcome = await prober.run(1, timeout: .seconds(10), on: loop)
            #expect(outcome.verdict == .healthy)
            #expect(outcome.layer == .l7OK)
            #expect(outcome.observed.httpStatus == 200)
            #expect(outcome.address == "127.0.0.1:\(server.port)")
            #expect(outcome.duration > .zero)
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
        }
        #expect(server.requests.first?.hasPrefix("GET /health HTTP/1.1\r\n") == true)
    }

    @Test(
        "row 25: a certificate that ends in 5 days degrades at 14 days, and fails at 6",
        arguments: Carrier.allCases
    )
    func certificateExpiry(_ carrier: Carrier) async throws {
        let server = OpenSSLServer("soon")
        defer { server.stop() }
        var probe = HTTPProbe(url: try HTTPURL("https://127.0.0.1:\(server.port)/"))
        probe.tls.authorityFile = FreshCertificates.authority
        let day = Duration.seconds(86_400)
        for (unhealthy, verdict) in [(day * 3, Verdict.degraded), (day * 6, .unhealthy)] {
            probe.tls.expiry = CertificateExpiry(degraded: day * 14, unhealthy: unhealthy)
            let asked = probe
            try await withLoop { loop in
                let transport = HTTPClient(over: carrier, on: loop).transport
                let prober = try HTTPProber(asked, over: transport, on: loop)
                let outcome = await prober.run(1, timeout: .seconds(10), on: loop)
                #expect(outcome.verdict == verdict)
                #expect(outcome.failure?.reason == .tlsExpired)
                #expect(outcome.message.hasPrefix("certificate of CN=soon ends in 5d 1"))
                #expect(outcome.observed.httpStatus == 200)
                #expect(outcome.observed.tls?.leaf?.daysLeft(at: loop.kernel.wallTime) == 5)
                prober.stop(on: loop)
            }
        }
    }

    @Test("P5: a run ends by its deadline, and the next one starts anew")
    func deadline() async throws {
        let server = ByteServer([[.readRequest, .silence], [.readRequest, ByteServer.answer("ok")]])
        defer { server.stop() }
        let probe = HTTPProbe(url: try HTTPURL("http://127.0.0.1:\(server.port)/"))
        try await withLoop { loop in
            let prober = try HTTPProber(probe, over: HTTPClient(on: loop).transport, on: loop)
            let late = await prober.run(1, timeout: .milliseconds(200), on: loop)
            #expect(late.verdict == .unhealthy && late.layer == .l7Timeout)
            #expect(late.failure?.reason == .timeout)
            #expect(late.duration >= .milliseconds(190) && late.duration <= .milliseconds(450))
            let next = await prober.run(2, timeout: .seconds(10), on: loop)
            #expect(next.verdict == .healthy)
            prober.stop(on: loop)
        }
    }

    @Test("stopping ends a run without an outcome and leaves no descriptor")
    func stop() async throws {
        let server = ByteServer(.readRequest, .silence)
        defer { server.stop() }
        let probe = HTTPProbe(url: try HTTPURL("http://127.0.0.1:\(server.port)/"))
        try await withLoop { loop in
            let prober = try HTTPProber(probe, over: HTTPClient(on: loop).transport, on: loop)
            let observer = NobodyExpected()
            prober.start(ProbeRunID(1), deadline: loop.now.advanced(by: .seconds(30)), for: observer, on: loop)
            #expect(loop.budget.held == 1)
            prober.stop(on: loop)
            #expect(loop.budget.held == 0)
        }
    }

    @Test("an expression that is none is refused when the probe is prepared")
    func badPattern() async throws {
        let probe = HTTPProbe(url: try HTTPURL("http://127.0.0.1/"), expect: HTTPExpectation(bodyMatches: ["(a"]))
        try await withLoop { loop in
            let transport = HTTPClient(on: loop).transport
            #expect(throws: PatternProblem.self) {
                _ = try HTTPProber(probe, over: transport, on: loop)
            }
        }
    }
}

private final class NobodyExpected: ProbeObserver {
    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        Issue.record("run \(run.number) ended with \(outcome)")
    }
}
