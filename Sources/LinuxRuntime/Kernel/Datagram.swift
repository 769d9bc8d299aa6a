// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What a datagram socket carries.
package enum DatagramKind: Hashable, Sendable {
    /// UDP (RFC 768).
    case udp
    /// ICMP echo requests and replies of the address's family, by the unprivileged socket of icmp(7).
    ///
    /// The kernel puts the socket's own identifier into each request, and hands over only replies that carry it.
    case echo
}

/// What taking a datagram gave.
package enum ReceiveResult: Hashable, Sendable {
    /// A whole datagram, perhaps empty, and who sent it; nil when the sender's address is of no known family.
    case datagram([UInt8], from: SocketAddress?)
    /// Nothing is there yet.
    case wouldBlock
    /// The network answered with an error, or the system has one.
    case failed(SystemError)
}
