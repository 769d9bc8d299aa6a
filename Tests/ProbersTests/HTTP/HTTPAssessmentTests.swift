// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import Testing

/// An answer, what is expected, and what becomes of it.
struct AssessmentCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let status: Int
    let body: String
    let expectation: HTTPExpectation
    let verdict: Verdict
    let layer: Layer
    let reason: FailureReason?
    let message: String

    init(
        _ description: String,
        _ status: Int,
        body: String = "",
        expect expectation: HTTPExpectation = HTTPExpectation(),
        _ verdict: Verdict,
        _ layer: Layer,
        _ reason: FailureReason?,
        _ message: String
    ) {
        testDescription = description
        self.status = status
        self.body = body
        self.expectation = expectation
        self.verdict = verdict
        self.layer = layer
        self.reason = reason
        self.message = message
    }

    static let table: [AssessmentCase] = [
        AssessmentCase("200 by default", 200, .healthy, .l7OK, nil, "200 in 12ms"),
        AssessmentCase("299 by default", 299, .healthy, .l7OK, nil, "299 in 12ms"),
        AssessmentCase("300 by default", 300, .unhealthy, .l7Status, .status, "300, expected 200-299"),
        AssessmentCase("500 by default", 500, .unhealthy, .l7Status, .status, "500, expected 200-299"),
        AssessmentCase(
            "201 with a set",
            201,
            body: "",
            expect: HTTPExpectation(statuses: [200...200, 404...404]),
            .unhealthy,
            .l7Status,
            .status,
            "201, expected 200, 404"
        ),
        AssessmentCase(
            "404 with a set",
            404,
            body: "",
            expect: HTTPExpectation(statuses: [200...200, 404...404]),
            .healthy,
            .l7OK,
            nil,
            "404 in 12ms"
        ),
        AssessmentCase(
            "999",
            999,
            .unhealthy,
            .l7Response,
            .protocolError,
            "status 999 is not between 100 and 599"
        ),
        AssessmentCase(
            "999 expected",
            999,
            body: "",
            expect: HTTPExpectation(statuses: [999...999]),
            .healthy,
            .l7OK,
            nil,
            "999 in 12ms"
        ),
        AssessmentCase(
            "a text that is there",
            200,
            body: "all is ok",
            expect: HTTPExpectation(bodyContains: ["is", "ok", ""]),
            .healthy,
            .l7OK,
            nil,
            "200 in 12ms"
        ),
        AssessmentCase(
            "a text after a false start",
            200,
            body: "ooook",
            expect: HTTPExpectation(bodyContains: ["ook"]),
            .healthy,
            .l7OK,
            nil,
            "200 in 12ms"
        ),
        AssessmentCase(
            "a text that is missing",
            200,
            body: "all is o",
            expect: HTTPExpectation(bodyContains: ["is", "ok"]),
            .unhealthy,
            .l7Status,
            .body,
            "body does not contain \"ok\""
        ),
        AssessmentCase(
            "the status before the body",
            503,
            body: "error",
            expect: HTTPExpectation(bodyContains: ["ok"]),
            .unhealthy,
            .l7Status,
            .status,
            "503, expected 200-299"
        ),
        AssessmentCase(
            "a pattern that matches",
            200,
            body: "release v12",
            expect: HTTPExpectation(bodyMatches: [#"v\d+"#]),
            .healthy,
            .l7OK,
            nil,
            "200 in 12ms"
        ),
        AssessmentCase(
            "a pattern that does not match",
            200,
            body: "release v",
            expect: HTTPExpectation(bodyMatches: [#"v\d+"#]),
            .unhealthy,
            .l7Status,
            .body,
            #"body does not match /v\d+/"#
        ),
        AssessmentCase(
            "a pattern that must not match",
            200,
            body: "an Error",
            expect: HTTPExpectation(bodyNotMatches: ["(?i)error"]),
            .unhealthy,
            .l7Status,
            .body,
            "body matches /(?i)error/"
        ),
        AssessmentCase(
            "a pattern that never ends",
            200,
            body: String(repeating: "a", count: 5_000),
            expect: HTTPExpectation(bodyNotMatches: ["(a+a+)+[bc]"]),
            .unknown,
            .l7OK,
            .internal,
            "matching /(a+a+)+[bc]/ took too many steps"
        ),
    ]
}

@Suite("HTTPAssessment")
struct HTTPAssessmentTests {
    private static func result(_ status: Int, _ body: String = "") -> HTTPExchangeResult {
        let bytes = Array(body.utf8)
        let answer = HTTPAnswer(
            status: status,
            version: "1.1",
            headers: HTTPHeaders(lines: []),
            body: bytes,
            bodyLength: bytes.count
        )
        return HTTPExchangeResult(ending: .answered(answer), address: "10.0.0.5:80")
    }

    private static func assess(
        _ result: HTTPExchangeResult,
        _ expectation: HTTPExpectation = HTTPExpectation(),
        slow: Duration? = nil,
        took: Duration = .milliseconds(12)
    ) throws -> Outcome {
        try HTTPAssessment(expectation: expectation, slow: slow, answer: AnswerCheck(expectation))
            .outcome(
                of: result,
                startedAt: MonotonicInstant(nanoseconds: 5),
                took: took,
                at: WallTime(nanosecondsSinceEpoch: 0)
            )
    }

    @Test("a certificate that ends soon degrades what passed, and excuses no failure")
    func certificateExpiry() throws {
        let day: Int64 = 86_400
        let certificate = CertificateFacts(
            subject: "CN=web",
            issuer: "CN=x",
            names: [],
            serial: "01",
            notBefore: 0,
            notAfter: 5 * day
        )
        func outcome(_ status: Int, degraded: Int64, unhealthy: Int64) throws -> Outcome {
            var result = Self.result(status, "")
            result.tls = TLSFacts(version: "TLSv1.3", chain: [certificate])
            let expiry = CertificateExpiry(degraded: .seconds(degraded), unhealthy: .seconds(unhealthy))
            return try HTTPAssessment(
                expectation: HTTPExpectation(),
                slow: nil,
                answer: AnswerCheck(HTTPExpectation()),
                expiry: CertificateExpiryCheck(expiry)
            )
            .outcome(
                of: result,
                startedAt: MonotonicInstant(nanoseconds: 5),
                took: .milliseconds(12),
                at: WallTime(nanosecondsSinceEpoch: 0)
            )
        }
        let warned = try outcome(200, degraded: 14 * day, unhealthy: 3 * day)
        #expect(warned.verdict == .degraded && warned.layer == .l7OK)
        #expect(warned.failure?.reason == .tlsExpired)
        #expect(warned.message == "certificate of CN=web ends in 5d, less than 14d")
        #expect(warned.observed.tls?.leaf == certificate)
        let critical = try outcome(200, degraded: 14 * day, unhealthy: 6 * day)
        #expect(critical.verdict == .unhealthy && critical.layer == .l6Response)
        #expect(try outcome(200, degraded: 4 * day, unhealthy: day).verdict == .healthy)
        #expect(try outcome(500, degraded: 14 * day, unhealthy: 6 * day).failure?.reason == .status)
    }

    @Test("status and body decide, in this order", arguments: AssessmentCase.table)
    func table(_ line: AssessmentCase) throws {
        let outcome = try Self.assess(Self.result(line.status, line.body), line.expectation)
        #expect(outcome.verdict == line.verdict)
        #expect(outcome.layer == line.layer)
        #expect(outcome.failure?.reason == line.reason)
        #expect(outcome.message == line.message)
        #expect(outcome.observed.httpStatus == line.status)
        #expect(outcome.observed.httpVersion == "1.1")
        #expect(outcome.address == "10.0.0.5:80")
        #expect(outcome.startedAt == MonotonicInstant(nanoseconds: 5))
    }

    @Test("the first bytes of an answer that does not pass are evidence, made printable")
    func excerpt() throws {
        let outcome = try Self.assess(Self.result(500, "<h1>down\u{7}</h1>\r\n" + String(repeating: "x", count: 900)))
        let excerpt = try #require(outcome.failure?.evidence.excerpt)
        #expect(excerpt.hasPrefix("<h1>down </h1>  xxx"))
        #expect(excerpt.count == 200)
    }

    @Test("an answer slower than allowed is degraded, one just in time is not")
    func slow() throws {
        let late = try Self.assess(Self.result(200), slow: .milliseconds(500), took: .milliseconds(501))
        #expect(late.verdict == .degraded && late.layer == .l7OK)
        #expect(late.message == "200 in 501ms, slower than 500ms")
        let timely = try Self.assess(Self.result(200), slow: .milliseconds(500), took: .milliseconds(500))
        #expect(timely.verdict == .healthy)
    }

    @Test("a failed exchange keeps its failure and layer; only our own fault says nothing about the target")
    func failed() throws {
        let refused = HTTPExchangeFailure(Failure(.refused, "connection refused"), at: .l4Connection)
        let unhealthy = try Self.assess(HTTPExchangeResult(ending: .failed(refused, partial: nil)))
        #expect(unhealthy.verdict == .unhealthy && unhealthy.layer == .l4Connection)
        #expect(unhealthy.failure == refused.failure)
        let ours = HTTPExchangeFailure(Failure(.internal, "the descriptor budget is spent"), at: .l4Connection)
        let unknown = try Self.assess(HTTPExchangeResult(ending: .failed(ours, partial: nil)))
        #expect(unknown.verdict == .unknown)
    }
}
