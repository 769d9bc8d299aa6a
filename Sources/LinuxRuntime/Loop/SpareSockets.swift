// SPDX-License-Identifier: Apache-2.0

/// Stream sockets whose connection is over and that wait to be connected anew.
///
/// A probe that opens a connection each time would else make a socket, watch it and destroy it, which costs the kernel more than
/// the handshake does. Few are enough for many targets, because a loop has few connections open at the same time.
///
/// The connections that a turn ends are reset together. A peer that has nothing else to do wakes up for the first of them and finds
/// the others; reset one by one, between what else there is to do for each, every single one would wake it, which costs us as
/// much as it costs the peer.
struct SpareSockets: Sendable {
    /// The most that wait; as many as starts lie in a bunch, which are all open before the first has its answer.
    static let capacity = 40

    private struct Spare {
        let descriptor: CInt
        let isIPv6: Bool
    }

    private var spares: [Spare] = []
    /// How many of the last ones are still connected.
    private var connected = 0

    /// Every one of them.
    var descriptors: [CInt] { spares.map(\.descriptor) }

    /// Whether one more may wait.
    var hasRoom: Bool { spares.count < Self.capacity }

    /// Keeps a socket whose connection is over but not yet reset; the caller has asked whether there is room.
    mutating func keep(_ descriptor: CInt, for address: SocketAddress) {
        precondition(hasRoom, "\(spares.count) sockets wait already")
        spares.append(Spare(descriptor: descriptor, isIPv6: address.isIPv6))
        connected += 1
    }

    /// Resets what is still connected: `disconnect` says whether a socket can be connected anew; one that cannot is no more of ours.
    mutating func reset(by disconnect: (CInt) -> Bool) {
        while connected > 0 {
            let index = spares.count - connected
            connected -= 1
            if !disconnect(spares[index].descriptor) { spares.remove(at: index) }
        }
    }

    /// Takes the one of the address's family that came last, which the processor's caches know best; of those that are reset.
    mutating func take(for address: SocketAddress) -> CInt? {
        let isReset = 0..<spares.count - connected
        guard let index = isReset.last(where: { spares[$0].isIPv6 == address.isIPv6 }) else { return nil }
        return spares.remove(at: index).descriptor
    }
}
