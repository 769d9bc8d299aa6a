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
        #expect(shares.probes == 65_536 - 704 - 80)
    }

    @Test(
        "a low limit is shared by halves, and probes always run",
        arguments: [(112, 16, 11), (256, 88, 64), (705, 313, 226), (1_024, 472, 343), (1_488, 704, 512)]
    )
    func low(limit: Int, probes: Int, connections: Int) {
        let shares = DescriptorShares(limit: limit)
        #expect(shares.probes == probes)
        #expect(shares.connections == connections)
    }

    @Test("without a server probes have all but the process's own", arguments: [(79, 0), (81, 1), (1_024, 944)])
    func alone(limit: Int, probes: Int) {
        #expect(DescriptorShares.withoutServer(limit: limit) == probes)
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

    @Test(
        "several loops share what probes have alike, and each costs some descriptors of its own",
        arguments: [2, 3, 8, 64]
    )
    func loops(count: Int) {
        let lowest = DescriptorShares.minimum(loops: count)
        #expect(DescriptorShares.mostLoops(limit: lowest) == count)
        #expect(DescriptorShares.mostLoops(limit: lowest - 1) == count - 1)
        for limit in [lowest, lowest + 1, 2 * lowest, 65_536] {
            let shares = DescriptorShares(limit: limit, loops: count)
            let own = DescriptorShares.own + DescriptorShares.ownOfLoop * (count - 1)
            #expect(shares.probes + shares.connections + shares.agentCheckConnections + own <= limit)
            #expect(shares.probesOfLoop * count <= shares.probes && shares.probesOfLoop > 0)
        }
        #expect(
            DescriptorShares(limit: 65_536, loops: count).serverLimits == DescriptorShares(limit: 65_536).serverLimits
        )
    }

    @Test("one loop has all that probes have")
    func oneLoop() {
        let shares = DescriptorShares(limit: 65_536)
        #expect(shares.probesOfLoop == shares.probes)
        #expect(DescriptorShares.minimum(loops: 1) == DescriptorShares.minimum)
    }
}
