// SPDX-License-Identifier: Apache-2.0

import HealthModel
import Testing

@testable import Agent

@Suite("LoopCount")
struct LoopCountTests {
    /// So many targets over HTTPS with a handshake each second: 0.982 ms of a processor each.
    private static func costly(_ count: Int) throws -> [ProbeSpec] {
        try (0..<count).map { index in
            let url = try HTTPURL("https://192.0.2.1/")
            return ProbeSpec(
                name: try #require(TargetName("t\(index)")),
                probe: .http(HTTPProbe(url: url, connection: .fresh)),
                interval: .seconds(1)
            )
        }
    }

    @Test(
        "there are as many loops as keep each below half a processor, and no more than processors or descriptors allow",
        arguments: [
            (0, 8, 64, 1), (1, 8, 64, 1), (441, 8, 64, 1), (442, 8, 64, 2), (883, 8, 64, 2), (884, 8, 64, 3),
            (5_000, 8, 64, 8), (5_000, 2, 64, 2), (5_000, 1, 64, 1), (5_000, 8, 3, 3), (50_000, 256, 1_000, 64),
        ]
    )
    func automatic(targets: Int, processors: Int, most: Int, count: Int) throws {
        let loops = LoopCount(.automatic, for: try Self.costly(targets), processors: processors, most: most)
        #expect(loops.count == count)
    }

    @Test("the log is told why")
    func reason() throws {
        let specs = try Self.costly(1_000)
        #expect(
            LoopCount(.automatic, for: specs, processors: 4, most: 64).reason
                == "auto: the targets take 114 % of a processor by estimate, and there are 4"
        )
        #expect(LoopCount(.count(3), for: specs, processors: 4, most: 64).reason == "as configured")
    }

    @Test("a number that is configured is taken, however many processors there are")
    func configured() throws {
        #expect(LoopCount(.count(5), for: [], processors: 1, most: 1).count == 5)
    }

    @Test("the estimate knows handshakes, and connections that are kept")
    func estimate() throws {
        let kept = try HTTPURL("http://192.0.2.1/")
        let secure = try HTTPURL("https://192.0.2.1/")
        let name = try #require(TargetName("a"))
        let resuming = TLSSettings(resumption: .seconds(60))
        let probes: [(Probe, Int)] = [
            (.http(HTTPProbe(url: kept)), 35), (.http(HTTPProbe(url: kept, connection: .fresh)), 70),
            (.tcp(TCPProbe(address: try HostPort("192.0.2.1:1"))), 45), (.http(HTTPProbe(url: secure)), 150),
            (.http(HTTPProbe(url: secure, connection: .fresh)), 1_132),
            (.http(HTTPProbe(url: secure, connection: .fresh, tls: resuming)), 702),
            (.http(HTTPProbe(url: secure, redirects: 1, connection: .fresh, tls: resuming)), 1_296),
        ]
        for (probe, cost) in probes {
            #expect(ProbeCost(ProbeSpec(name: name, probe: probe)).probe == .microseconds(cost))
        }
    }
}
