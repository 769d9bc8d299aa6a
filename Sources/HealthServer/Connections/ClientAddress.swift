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
        case .v6: self = .ip(Self.network(text), isLoopback: false)
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

    /// The first 64 bits of an IPv6 address in its text form.
    private static func network(_ text: String) -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        // The 16 bytes of an address are written into the array.
        guard unsafe inet_pton(AF_INET6, text, &bytes) == 1 else { return text }
        return bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ".")
    }
}
