// SPDX-License-Identifier: Apache-2.0

/// An IPv4 or IPv6 address without a port.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address in network order: 4 or 16 bytes.
    package let bytes: [UInt8]
    /// The address as it was written, in lower case.
    private let text: String

    /// Reads `192.0.2.1` or `2001:db8::1`, without brackets or a zone; nil for anything else.
    package init?(_ text: String) {
        guard let bytes = IPAddressText.bytes(of: text) else { return nil }
        self.bytes = bytes
        self.text = text.lowercased()
    }

    package var isIPv6: Bool { bytes.count == 16 }

    /// The address as it stands before a port: `192.0.2.1` or `[2001:db8::1]`.
    package var hostText: String { isIPv6 ? "[\(text)]" : text }

    package var description: String { text }

    package static func == (left: IPAddress, right: IPAddress) -> Bool { left.bytes == right.bytes }

    package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    /// The bytes of the address that packets go to: those of `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2) are the IPv4 address's.
    package static func normalised(_ bytes: [UInt8]) -> [UInt8] {
        let isMapped = bytes.count == 16 && bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10...11] == [0xFF, 0xFF]
        return isMapped ? Array(bytes.suffix(4)) : bytes
    }
}
