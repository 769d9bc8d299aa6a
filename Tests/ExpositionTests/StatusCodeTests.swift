// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import Testing

@Suite("Codes and fields of a status")
struct StatusCodeTests {
    @Test("degraded takes the listener's code and always says so", arguments: [200, 429, 503])
    func degradedCode(code: Int) {
        let answer = StatusCode(.degraded, degradedCode: code, retryAfter: 7)
        #expect(answer.code == code)
        #expect(answer.fields.first == HTTPField(name: "x-envoy-degraded", value: "1"))
        #expect(answer.fields.contains(HTTPField(name: "Retry-After", value: "7")) == (code == 503))
        #expect(Moment.degraded.view(degradedCode: code).healthDocument().code == code)
    }

    @Test("each target status is answered as an aggregate status", arguments: TargetStatus.allCases)
    func targets(status: TargetStatus) {
        let expected: [TargetStatus: Int] = [
            .healthy: 200, .degraded: 200, .unhealthy: 503, .starting: 503, .stale: 503,
        ]
        #expect(StatusCode(status.asAggregate).code == expected[status])
    }

    @Test(
        "Retry-After is whole seconds, rounded up, at least one",
        arguments: [(-5_000, 1), (0, 1), (1, 1), (1_000, 1), (1_001, 2), (59_999, 60)]
    )
    func retryAfter(milliseconds: Int, seconds: Int) {
        var snapshot = Fixtures.unhealthy
        snapshot.targets[1].nextDue = Fixtures.now.advanced(by: .milliseconds(milliseconds))
        let answer = StatusView(snapshot, at: Fixtures.now).readiness()
        #expect(answer.fields == [HTTPField(name: "Retry-After", value: String(seconds))])
    }

    @Test("Retry-After is left out when no cause has a due time, and takes the earliest of several")
    func retryAfterOfSeveral() {
        var snapshot = Fixtures.unhealthy
        snapshot.targets[1].nextDue = nil
        #expect(StatusView(snapshot, at: Fixtures.now).readiness().fields.isEmpty)
        snapshot.aggregate.causes = [Fixtures.name("api"), Fixtures.name("db"), Fixtures.name("gone")]
        let answer = StatusView(snapshot, at: Fixtures.now).readiness()
        #expect(answer.fields == [HTTPField(name: "Retry-After", value: "7")])
    }

    @Test("an error has one shape, or RFC 9457's", arguments: ErrorAnswer.Kind.allCases)
    func errors(kind: ErrorAnswer.Kind) {
        let error = ErrorAnswer(kind, "no \"such\" thing")
        let answer = error.answer(at: Fixtures.wallNow, requestID: "7")
        #expect(answer.code == kind.rawValue)
        #expect(
            answer.text.brokenAtCommas == #"""
                {"success":false,
                "error":"\#(kind.word)",
                "message":"no \"such\" thing",
                "code":\#(kind.rawValue),
                "timestamp":"2026-11-21T03:49:10.042Z",
                "request_id":"7",
                "service":"bellwether",
                "retryable":\#([408, 429, 503].contains(kind.rawValue))}

                """#
        )
        let problem = error.answer(at: Fixtures.wallNow, requestID: "7", asProblem: true)
        #expect(problem.contentType.rawValue == "application/problem+json")
        #expect(
            problem.text.brokenAtCommas == #"""
                {"type":"about:blank",
                "title":"\#(kind.word)",
                "status":\#(kind.rawValue),
                "detail":"no \"such\" thing",
                "request_id":"7"}

                """#
        )
    }
}
