// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where a stream socket connects: an IP address with a port.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address in network order: 4 bytes for IPv4, 16 for IPv6.
    package let bytes: [UInt8]
    /// In host order.
    package let port: UInt16
    /// The interface of a link-local IPv6 address; 0 otherwise.
    package let scope: UInt32

    /// Joins an address, 4 or 16 bytes (anything else is a programmer error), with a port.
    package init(bytes: [UInt8], port: UInt16, scope: UInt32 = 0) {
        precondition(bytes.count == 4 || bytes.count == 16, "an IP address has 4 or 16 bytes, not \(bytes.count)")
        self.bytes = bytes
        self.port = port
        self.scope = scope
    }

    /// Takes a numeric address, `10.0.0.5` or `fd00::5`; nil for anything else, names included.
    package init?(numeric host: String, port: UInt16) {
        var bytes = [UInt8](repeating: 0, count: 16)
        // unsafe: inet_pton writes 4 or 16 bytes, by family, into 16.
        if unsafe inet_pton(AF_INET, host, &bytes) == 1 {
            self.init(bytes: Array(bytes.prefix(4)), port: port)
        } else if unsafe inet_pton(AF_INET6, host, &bytes) == 1 {
            self.init(bytes: bytes, port: port)
        } else {
            return nil
        }
    }

    package var isIPv6: Bool { bytes.count == 16 }

    /// The address without the port, as text.
    package var host: String {
        guard isIPv6 else { return dotted }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        // unsafe: inet_ntop reads 16 bytes and writes at most the array's size, NUL included.
        _ = unsafe inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The four numbers of an IPv4 address: so short that the string needs no memory of its own.
    private var dotted: String {
        var text = String(bytes[0])
        for byte in bytes.dropFirst() {
            text += "."
            text += String(byte)
        }
        return text
    }

    /// `10.0.0.5:443` or `[fd00::5]:443`.
    package var description: String { isIPv6 ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
