// SPDX-License-Identifier: Apache-2.0

import HealthServer
import LinuxRuntime

/// How the descriptors of the process are shared out, so that none of its parts can take those of another.
///
/// Of what is left besides the agent's own, one half is for probes and one for who asks, until those who ask have all that they may
/// ever use; then the rest is for probes.
struct DescriptorShares: Hashable {
    /// The fewest descriptors that an agent can work with.
    static let minimum = own + 32
    /// What the process itself holds: about 35 when nothing happens, more while it reads files and looks names up, and sockets that wait to
    /// be connected anew.
    static let own = 40 + EventLoop.maximumSpareSockets
    /// What each loop besides the first holds for itself: about 8 to wait, to be woken, for its mailboxes and its name service, and
    /// sockets that wait as well.
    static let ownOfLoop = 12 + EventLoop.maximumSpareSockets
    /// The two sockets that libcurl opens for itself in each shard of a loop's transport.
    private static let transport = 128
    /// The fewest that a loop besides the first can work with, its own included.
    private static let minimumOfLoop = ownOfLoop + 32

    /// The most connections to the server.
    let connections: Int
    /// The most connections to HAProxy's agent-check port.
    let agentCheckConnections: Int
    /// The most that all probes together hold at once.
    let probes: Int
    /// The most that the probes of each loop hold at once; these shares sum up to ``probes`` at most.
    let probesOfLoop: Int

    /// The most that all probes together hold in a process that has one loop and serves nobody.
    ///
    /// - Parameter limit: how many descriptors the process may open.
    /// - Returns: none, where the limit is not enough for the process itself.
    static func withoutServer(limit: Int) -> Int {
        max(0, limit - own)
    }

    /// - Parameters:
    ///   - limit: how many descriptors the process may open, ``minimum(loops:)`` at least.
    ///   - loops: how many event loops run probes.
    init(limit: Int, loops: Int = 1) {
        precondition(limit >= Self.minimum(loops: loops), "a limit of \(limit) descriptors for \(loops) loops")
        let most = ServerLimits()
        let wanted = most.connections + most.agentCheckConnections + Self.transport * loops
        let rest = limit - Self.own - Self.ownOfLoop * (loops - 1)
        let outside = min(wanted, rest / 2)
        connections = most.connections * outside / wanted
        agentCheckConnections = max(1, most.agentCheckConnections * outside / wanted)
        probes = rest - outside
        probesOfLoop = probes / loops
    }

    /// The fewest descriptors that an agent with so many loops can work with.
    static func minimum(loops: Int) -> Int { minimum + minimumOfLoop * (loops - 1) }

    /// The most loops that so many descriptors suffice for.
    static func mostLoops(limit: Int) -> Int { max(1, 1 + (limit - minimum) / minimumOfLoop) }

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
