// SPDX-License-Identifier: Apache-2.0

/// A domain name in text, checked to fit into a DNS message.
package struct DNSName: Hashable, Sendable, CustomStringConvertible {
    /// From the host towards the root; none for the root itself.
    package let labels: [String]

    /// Why a text is not a domain name.
    package struct Problem: Error, Hashable {
        /// What was seen and what is allowed, in lower case, without a full stop.
        package let message: String
    }

    /// Takes `text` apart, or says what is wrong with it.
    ///
    /// A trailing dot changes nothing: a name is always asked as it is, never with a search domain. Limits: 63 octets in a
    /// label, 255 in the name as it is sent (RFC 1035, section 2.3.4). Every printable ASCII character but the dot may stand in a label,
    /// underscores included (RFC 2181, section 11).
    /// - Throws: what is wrong with the text.
    package init(_ text: String) throws(Problem) {
        guard !text.isEmpty else { throw Problem(message: "no name") }
        if text == "." {
            labels = []
            return
        }
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw Problem(message: "not ASCII (write an international name in its xn-- form)")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw Problem(message: "spaces, control characters and \"\\\" are not allowed in a name")
        }
        let name = text.hasSuffix(".") ? text.dropLast() : text[...]
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard !parts.contains(where: \.isEmpty) else { throw Problem(message: "two dots without a label between them") }
        if let long = parts.first(where: { $0.utf8.count > 63 }) {
            throw Problem(message: "a label of \(long.utf8.count) characters (at most 63)")
        }
        guard name.utf8.count <= 253 else { throw Problem(message: "\(name.utf8.count) characters (at most 253)") }
        labels = parts.map(String.init)
    }

    /// The name under which an address is found by PTR records (RFC 1035, section 3.5; RFC 3596, section 2.5).
    ///
    /// - Parameter address: 4 or 16 bytes in network order.
    package init(reverse address: [UInt8]) {
        precondition(address.count == 4 || address.count == 16, "an IP address has 4 or 16 bytes, not \(address.count)")
        if address.count == 4 {
            labels = address.reversed().map(String.init) + ["in-addr", "arpa"]
        } else {
            labels =
                address.reversed().flatMap { [String($0 & 0xF, radix: 16), String($0 >> 4, radix: 16)] }
                + ["ip6", "arpa"]
        }
    }

    /// As written, without a trailing dot; `.` for the root.
    package var description: String { labels.isEmpty ? "." : labels.joined(separator: ".") }
}
