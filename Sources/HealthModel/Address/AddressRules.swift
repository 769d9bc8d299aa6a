// SPDX-License-Identifier: Apache-2.0

/// Which addresses no probe may connect to, whatever a name resolves to or a target redirects to.
package struct AddressRules: Hashable, Sendable {
    /// The blocks that are denied.
    package var denied: [AddressBlock]

    package init(denied: [AddressBlock]) {
        self.denied = denied
    }

    /// Nothing is denied.
    package static let none = AddressRules(denied: [])

    /// The metadata services of cloud providers, which hand out credentials to whoever asks from the machine:
    /// 169.254.169.254 and fd00:ec2::254.
    package static let standard = AddressRules(
        denied: [
            AddressBlock(bytes: [169, 254, 169, 254], length: 32),
            AddressBlock(bytes: [0xFD, 0, 0x0E, 0xC2] + [UInt8](repeating: 0, count: 10) + [0x02, 0x54], length: 128),
        ]
    )

    /// Whether the address with these 4 or 16 bytes is denied.
    ///
    /// An IPv4 address within IPv6 is the IPv4 address; and who connects to `0.0.0.0` or `::` gets the machine itself, so that
    /// these are 127.0.0.1 and ::1, too.
    package func denies(_ bytes: [UInt8]) -> Bool {
        guard !denied.isEmpty else { return false }
        let address = IPAddress.normalised(bytes)
        if denied.contains(where: { $0.contains(address) }) { return true }
        guard address.allSatisfy({ $0 == 0 }) else { return false }
        let loopback = address.count == 4 ? [127, 0, 0, 1] : [UInt8](repeating: 0, count: 15) + [1]
        return denied.contains { $0.contains(loopback) }
    }
}

/// All addresses that begin with the same bits: `10.0.0.0/8`, or a single one.
package struct AddressBlock: Hashable, Sendable {
    private let bytes: [UInt8]
    private let length: Int

    /// Why a text is no block of addresses.
    package struct Problem: Error, Hashable {
        /// In lower case, without a full stop.
        package let message: String
    }

    /// Reads `192.0.2.1`, `10.0.0.0/8` or `fd00::/8`.
    package init(_ text: String) throws(Problem) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress(String($0)) }) else {
            throw Problem(message: "not an address or a block (use 192.0.2.1, 10.0.0.0/8, fd00::/8)")
        }
        var length = address.bytes.count * 8
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let written = Int(parts[1]),
                written <= length
            else { throw Problem(message: "the prefix length is not a number from 0 to \(length)") }
            length = written
        }
        guard Self.isZero(address.bytes, from: length) else {
            throw Problem(message: "bits beyond the prefix of \(length) are set")
        }
        self.init(bytes: address.bytes, length: length)
    }

    init(bytes: [UInt8], length: Int) {
        // A block of IPv4 addresses within IPv6 is that block of IPv4.
        let normalised = length >= 96 ? IPAddress.normalised(bytes) : bytes
        self.bytes = normalised
        self.length = normalised.count < bytes.count ? length - 96 : length
    }

    /// Whether a normalised address is within the block.
    func contains(_ address: [UInt8]) -> Bool {
        guard address.count == bytes.count else { return false }
        let whole = length / 8
        guard address.prefix(whole).elementsEqual(bytes.prefix(whole)) else { return false }
        guard length % 8 > 0 else { return true }
        return (address[whole] ^ bytes[whole]) >> (8 - length % 8) == 0
    }

    private static func isZero(_ bytes: [UInt8], from bit: Int) -> Bool {
        bytes.indices.allSatisfy { index in
            let kept = min(8, max(0, bit - index * 8))
            return kept == 8 || bytes[index] << kept == 0
        }
    }
}
