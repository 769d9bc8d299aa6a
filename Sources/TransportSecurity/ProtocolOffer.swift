// SPDX-License-Identifier: Apache-2.0

/// The application protocols that a client offers in its ClientHello (RFC 7301), the one it likes best first.
package struct ProtocolOffer: Hashable, Sendable {
    /// As they stand in the extension: each name after its length.
    let wire: [UInt8]

    /// Offers protocols by their names, each of 1 to 255 bytes.
    package init(_ names: [String]) {
        wire = names.flatMap { name in
            precondition((1...255).contains(name.utf8.count), "a protocol's name of \(name.utf8.count) bytes")
            return [UInt8(name.utf8.count)] + Array(name.utf8)
        }
    }
}
