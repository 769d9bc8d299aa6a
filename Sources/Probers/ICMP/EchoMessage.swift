// SPDX-License-Identifier: Apache-2.0

/// An echo request or reply (RFC 792, page 14; RFC 4443, section 4).
///
/// The kernel fills in the identifier and the checksum of what an unprivileged socket sends, and checks them in what it hands over.
struct EchoMessage: Hashable {
    /// Tells the requests of a run apart.
    let sequence: UInt16
    /// What comes back unchanged.
    let data: [UInt8]

    private static let headerLength = 8

    /// A request for the family of the peer.
    func request(isIPv6: Bool) -> [UInt8] {
        [isIPv6 ? 128 : 8, 0, 0, 0, 0, 0, UInt8(sequence >> 8), UInt8(sequence & 0xFF)] + data
    }

    init(sequence: UInt16, data: [UInt8]) {
        self.sequence = sequence
        self.data = data
    }

    /// Reads a reply; nil for anything else.
    init?(reply bytes: [UInt8], isIPv6: Bool) {
        guard bytes.count >= Self.headerLength, bytes[0] == (isIPv6 ? 129 : 0), bytes[1] == 0 else { return nil }
        sequence = UInt16(bytes[6]) << 8 | UInt16(bytes[7])
        data = Array(bytes[Self.headerLength...])
    }
}
