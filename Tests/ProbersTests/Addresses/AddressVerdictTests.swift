// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Probers
import Testing

@Suite("AddressVerdict")
struct AddressVerdictTests {
    private static func outcome(_ verdict: Verdict, _ milliseconds: Int) -> Outcome {
        let reasons: [Verdict: FailureReason] = [.degraded: .timeout, .unknown: .internal, .unhealthy: .status]
        return Outcome(
            verdict: verdict,
            layer: .l7OK,
            failure: reasons[verdict].map { Failure($0, "it is \(verdict.rawValue)") },
            startedAt: MonotonicInstant(nanoseconds: 0),
            duration: .milliseconds(milliseconds)
        )
    }

    @Test(
        "any tells the best, all the worst, and what could not be found out stands between a pass and a failure",
        arguments: [
            ([Verdict.healthy, .unhealthy], Verdict.healthy, Verdict.unhealthy),
            ([.degraded, .unhealthy, .unknown], .degraded, .unhealthy),
            ([.unknown, .unhealthy], .unknown, .unhealthy),
            ([.healthy, .unknown, .degraded], .healthy, .unknown),
            ([.degraded, .healthy], .healthy, .degraded),
            ([.unhealthy], .unhealthy, .unhealthy),
        ]
    )
    func verdicts(verdicts: [Verdict], any: Verdict, all: Verdict) throws {
        let results = try verdicts.enumerated().map { index, verdict in
            (address: try #require(IPAddress("10.0.0.\(index)")), outcome: Self.outcome(verdict, index))
        }
        let count = results.count
        #expect(AddressVerdict(policy: .any, count: count).outcome(of: results).verdict == any)
        #expect(AddressVerdict(policy: .all, count: count).outcome(of: results).verdict == all)
    }

    @Test("all passes as slowly as the slowest address, with its facts")
    func slowest() throws {
        let addresses = try ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map { try #require(IPAddress($0)) }
        let results = zip(addresses, [3, 9, 5]).map { (address: $0, outcome: Self.outcome(.healthy, $1)) }
        let outcome = AddressVerdict(policy: .all, count: 3).outcome(of: results)
        #expect(outcome == Self.outcome(.healthy, 9))
    }

    @Test("every address that does not pass is named, degraded ones too; an address is not said twice")
    func message() throws {
        var refused = Self.outcome(.unhealthy, 1)
        refused.address = "10.0.0.2:80"
        refused.failure?.message = "10.0.0.2:80 refused the connection"
        let results = [
            (address: try #require(IPAddress("10.0.0.1")), outcome: Self.outcome(.healthy, 1)),
            (address: try #require(IPAddress("10.0.0.2")), outcome: refused),
            (address: try #require(IPAddress("2001:DB8::3")), outcome: Self.outcome(.degraded, 1)),
        ]
        let outcome = AddressVerdict(policy: .all, count: 3).outcome(of: results)
        let names = "10.0.0.2 (refused the connection), 2001:db8::3 (it is degraded)"
        #expect(outcome.message == "2 of 3 addresses do not pass: \(names)")
        #expect(outcome.failure?.reason == .status)
    }
}
