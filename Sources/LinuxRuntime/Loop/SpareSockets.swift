// SPDX-License-Identifier: Apache-2.0

/// Stream sockets whose connection was reset and that wait to be connected anew.
///
/// A probe that opens a connection each time would else make a socket, watch it and destroy it, which costs the kernel more than
/// the handshake does. Few are enough for many targets, because a loop has few connections open at the same time.
struct SpareSockets: Sendable {
    /// The most that wait; as many as starts lie in a bunch, which are all open before the first has its answer.
    static let capacity = 40

    private struct Spare {
        let descriptor: CInt
        let isIPv6: Bool
    }

    private var spares: [Spare] = []

    /// Every one of them.
    var descriptors: [CInt] { spares.map(\.descriptor) }

    /// Whether one more may wait.
    var hasRoom: Bool { spares.count < Self.capacity }

    /// Keeps a socket that is connected to nothing; the caller has asked whether there is room.
    mutating func keep(_ descriptor: CInt, for address: SocketAddress) {
        precondition(hasRoom, "\(spares.count) sockets wait already")
        spares.append(Spare(descriptor: descriptor, isIPv6: address.isIPv6))
    }

    /// Takes the one of the address's family that came last, which the processor's caches know best.
    mutating func take(for address: SocketAddress) -> CInt? {
        spares.lastIndex { $0.isIPv6 == address.isIPv6 }.map { spares.remove(at: $0).descriptor }
    }
}
