// SPDX-License-Identifier: Apache-2.0

extension HostPort {
    /// The address `a.b.c.d:port`.
    package init(ipv4: (UInt8, UInt8, UInt8, UInt8), port: UInt16) {
        self.init(host: "\(ipv4.0).\(ipv4.1).\(ipv4.2).\(ipv4.3)", port: Int(port), isBracketed: false)
    }

    /// The four numbers when the host is an IPv4 address in its usual form, without leading zeros.
    package var ipv4: (UInt8, UInt8, UInt8, UInt8)? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } && (part.count == 1 || !part.hasPrefix("0"))
                ? UInt8(part) : nil
        }
        guard numbers.count == 4 else { return nil }
        return (numbers[0], numbers[1], numbers[2], numbers[3])
    }

    /// Whether the host is an address of 127.0.0.0/8.
    package var isIPv4Loopback: Bool { ipv4?.0 == 127 }
}
