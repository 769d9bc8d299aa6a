// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore

/// Who is at the other end, as far as connections are counted by it.
enum ClientAddress: Hashable, Sendable {
    /// An IP address without port; an IPv6 client counts by its /64, which is what one host is usually given.
    case ip(String, isLoopback: Bool)
    /// Somebody on this machine, over a unix socket.
    case unix

    init(_ address: SocketAddress?) {
        guard let address, let text = address.ipAddress else {
            self = .unix
            return
        }
        switch address {
        case .v4: self = .ip(text, isLoopback: text.hasPrefix("127."))
        case .v6 where text.hasPrefix("::ffff:"):
            let mapped = String(text.dropFirst("::ffff:".count))
            self = .ip(mapped, isLoopback: mapped.hasPrefix("127."))
        case .v6 where text == "::1": self = .ip(text, isLoopback: true)
        case .v6(let v6): self = .ip(Self.network(v6.address), isLoopback: false)
        case .unixDomainSocket: self = .unix
        }
    }

    /// Whether the peer is on this machine.
    var isLocal: Bool {
        switch self {
        case .ip(_, let isLoopback): isLoopback
        case .unix: true
        }
    }

    private static func network(_ address: sockaddr_in6) -> String {
        // The bytes are copied within the call.
        unsafe withUnsafeBytes(of: address.sin6_addr) { bytes in
            unsafe bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ".")
        }
    }
}
