// SPDX-License-Identifier: Apache-2.0

package import HealthModel

extension EventLoop {
    /// The most sockets that a loop holds besides those of probes, to connect them anew.
    package static var maximumSpareSockets: Int { SpareSockets.capacity }

    /// A non-blocking stream socket fit for `address`, not connected: one that `reset` kept, or a new one.
    ///
    /// - Throws: why there is none to be had.
    package func openStream(for address: SocketAddress) throws(SystemError) -> CInt {
        if let spare = spareSockets.take(for: address) { return spare }
        return try kernel.openStream(for: address)
    }

    /// Stops watching a socket whose connection is over; it is reset within this turn, and closed or kept for another connection.
    ///
    /// - Parameters:
    ///   - descriptor: a socket of ``openStream(for:)``, with no other option than it had then, and bound to no address.
    ///   - address: what it is connected to.
    package func reset(_ descriptor: CInt, connectedTo address: SocketAddress) {
        guard spareSockets.hasRoom else {
            kernel.resetOnClose(descriptor)
            return close(descriptor)
        }
        descriptors.release(descriptor)
        spareSockets.keep(descriptor, for: address)
    }

    /// Resets all connections that are over since the last call.
    func resetConnections() {
        spareSockets.reset { descriptor in
            if kernel.disconnect(descriptor) { return true }
            kernel.resetOnClose(descriptor)
            _ = descriptors.remove(descriptor)
            kernel.close(descriptor)
            return false
        }
    }
}
