// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import NIOCore
import NIOPosix

/// Listens on an address that this machine may not have yet: its interface comes up later, or another machine holds it now.
///
/// The kernel lets a socket listen there all the same (`IP_FREEBIND`, ip(7)), and takes connections from the moment the address
/// comes. So nothing is tried again, and a port that another program has is an error at once.
enum AwaitedAddress {
    /// Binds and listens.
    ///
    /// - Parameters:
    ///   - address: where.
    ///   - bootstrap: makes what is bound; called once more where the address is not there.
    /// - Returns: the listening channel, and whether its address is still to come.
    /// - Throws: what the system says against it.
    static func bind(
        to address: NIOCore.SocketAddress,
        _ bootstrap: () -> ServerBootstrap
    ) async throws -> (channel: any Channel, isAwaited: Bool) {
        do {
            return (try await bootstrap().bind(to: address).get(), false)
        } catch let error as IOError where error.errnoCode == EADDRNOTAVAIL {
            // The IPv4 option is that of both families (`inet_sk(sk)->freebind`).
            let option = ChannelOptions.Types.SocketOption(level: SocketOptionLevel(IPPROTO_IP), name: freeBind)
            return (try await bootstrap().serverChannelOption(option, value: 1).bind(to: address).get(), true)
        }
    }

    /// Whether this machine has the address: what is bound to it is closed at once.
    static func isHere(_ address: NIOCore.SocketAddress) -> Bool {
        var address = address
        address.port = 0
        let family = CInt(address.protocol.rawValue)
        let descriptor = Glibc.socket(family, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        // Without a socket nothing is known; the next look may have one.
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // The pointer is used within the call only.
        return unsafe address.withSockAddr { unsafe Glibc.bind(descriptor, $0, socklen_t($1)) } == 0
    }

    private static let freeBind = SocketOptionName(IP_FREEBIND)
}
