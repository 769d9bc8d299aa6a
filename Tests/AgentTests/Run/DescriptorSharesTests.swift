// SPDX-License-Identifier: Apache-2.0

import HealthServer
import Testing

@testable import Agent

@Suite("DescriptorShares")
struct DescriptorSharesTests {
    @Test("with room for everybody the server has all it may use, and probes have the rest")
    func plenty() {
        let shares = DescriptorShares(limit: 65_536)
        #expect(shares.serverLimits == ServerLimits())
        #expect(shares.probes == 65_536 - 704 - 64)
    }

    @Test(
        "a low limit is shared by halves, and probes always run",
        arguments: [(96, 16, 11), (256, 96, 69), (705, 321, 232), (1_024, 480, 349), (1_472, 704, 512)]
    )
    func low(limit: Int, probes: Int, connections: Int) {
        let shares = DescriptorShares(limit: limit)
        #expect(shares.probes == probes)
        #expect(shares.connections == connections)
    }

    @Test("whatever the limit, the shares fit into it and each has something")
    func fits() {
        for limit in DescriptorShares.minimum...3_000 {
            let shares = DescriptorShares(limit: limit)
            let given = shares.probes + shares.connections + shares.agentCheckConnections + DescriptorShares.own
            #expect(given <= limit)
            #expect(shares.probes > 0 && shares.connections > 0 && shares.agentCheckConnections > 0)
            #expect(shares.serverLimits.connectionsPerLocalAddress < shares.connections)
        }
    }

    @Test("a higher limit takes nothing from anybody")
    func grows() {
        var before = DescriptorShares(limit: DescriptorShares.minimum)
        for limit in (DescriptorShares.minimum + 1)...3_000 {
            let shares = DescriptorShares(limit: limit)
            #expect(shares.probes >= before.probes && shares.connections >= before.connections)
            before = shares
        }
    }
}
