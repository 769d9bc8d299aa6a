// SPDX-License-Identifier: Apache-2.0

/// Numeric IP addresses in text.
package enum IPAddressText {
    /// The address in network order, 4 or 16 bytes; nil for anything but the usual form of either family.
    package static func bytes(of text: String) -> [UInt8]? {
        if let numbers = HostPort(host: text, port: 0, isBracketed: false).ipv4 {
            return [numbers.0, numbers.1, numbers.2, numbers.3]
        }
        guard HostPort.isIPv6Literal(text[...]) else { return nil }
        guard let gap = text.firstRange(of: "::") else { return groups(text[...]) }
        let before = groups(text[..<gap.lowerBound])
        let after = groups(text[gap.upperBound...])
        return before + [UInt8](repeating: 0, count: 16 - before.count - after.count) + after
    }

    /// The bytes of groups that were checked.
    private static func groups(_ text: Substring) -> [UInt8] {
        text.split(separator: ":").flatMap { part -> [UInt8] in
            if let numbers = HostPort(host: String(part), port: 0, isBracketed: false).ipv4 {
                return [numbers.0, numbers.1, numbers.2, numbers.3]
            }
            let value = UInt16(part, radix: 16) ?? 0
            return [UInt8(value >> 8), UInt8(value & 0xFF)]
        }
    }
}
