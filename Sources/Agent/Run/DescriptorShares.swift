// SPDX-License-Identifier: Apache-2.0

import HealthServer

/// How the descriptors of the process are shared out, so that none of its parts can take those of another.
///
/// Of what is left besides the agent's own, one half is for probes and one for who asks, until those who ask have all that they may
/// ever use; then the rest is for probes.
struct DescriptorShares: Hashable {
    /// The fewest descriptors that an agent can work with.
    static let minimum = 96
    /// What the process itself holds: about 35 when nothing happens, more while it reads files and looks names up.
    static let own = 64
    /// The two sockets that libcurl opens for itself in each shard of the transport.
    private static let transport = 128

    /// The most connections to the server.
    let connections: Int
    /// The most connections to HAProxy's agent-check port.
    let agentCheckConnections: Int
    /// The most that all probes together hold at once.
    let probes: Int

    /// - Parameter limit: how many descriptors the process may open, ``minimum`` at least.
    init(limit: Int) {
        precondition(limit >= Self.minimum, "a limit of \(limit) descriptors")
        let most = ServerLimits()
        let wanted = most.connections + most.agentCheckConnections + Self.transport
        let rest = limit - Self.own
        let outside = min(wanted, rest / 2)
        connections = most.connections * outside / wanted
        agentCheckConnections = max(1, most.agentCheckConnections * outside / wanted)
        probes = rest - outside
    }

    /// The server's limits, with these shares.
    var serverLimits: ServerLimits {
        var limits = ServerLimits()
        limits.connections = connections
        limits.agentCheckConnections = agentCheckConnections
        // No single client may take them all.
        limits.connectionsPerAddress = min(limits.connectionsPerAddress, max(1, connections / 2))
        limits.connectionsPerLocalAddress = min(limits.connectionsPerLocalAddress, max(1, connections / 2))
        return limits
    }
}
