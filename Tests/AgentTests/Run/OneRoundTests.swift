// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("OneRound")
struct OneRoundTests {
    private static func status(_ targets: [(Impact, Verdict)]) throws -> CommandStatus {
        let outcomes = try targets.map { impact, verdict in
            let name = try #require(TargetName("a"))
            let probe = Probe.tcp(TCPProbe(address: HostPort(ipv4: (127, 0, 0, 1), port: 1)))
            let outcome = Outcome(
                verdict: verdict,
                layer: .l4OK,
                startedAt: MonotonicInstant(nanoseconds: 0),
                duration: .zero
            )
            return (ProbeSpec(name: name, probe: probe, impact: impact), outcome)
        }
        return OneRound.status(of: outcomes)
    }

    @Test(
        "the exit code is the worst that an impact allows",
        arguments: [
            ([(Impact.required, Verdict.healthy)], CommandStatus.healthy),
            ([(.required, .healthy), (.required, .degraded)], .degraded),
            ([(.required, .unknown), (.required, .degraded)], .unknown),
            ([(.required, .unhealthy), (.required, .unknown)], .unhealthy),
            ([(.degrading, .unhealthy), (.required, .healthy)], .degraded),
            ([(.degrading, .degraded)], .healthy),
            ([(.informational, .unhealthy)], .healthy),
            ([], .unhealthy),
        ]
    )
    func status(targets: [(Impact, Verdict)], expected: CommandStatus) throws {
        #expect(try Self.status(targets) == expected)
    }
}
