// SPDX-License-Identifier: Apache-2.0

/// A host name or IP address with a port: `db.internal:5432`, `10.0.0.5:6379`, `[::1]:80`.
package struct HostPort: Hashable, Sendable, CustomStringConvertible {
    /// The host without brackets, in lower case.
    package let host: String
    /// 1 to 65535; 0 only where a listener lets the kernel choose.
    package let port: Int
    /// Whether the host was written in brackets, that is, as an IPv6 address.
    package let isBracketed: Bool

    /// Why a text is not a host with a port.
    package struct Problem: Error, Hashable {
        /// What was seen and what is allowed, in lower case, without a full stop.
        package let message: String
    }

    /// Takes `text` apart, or says what is wrong with it.
    ///
    /// - Parameters:
    ///   - text: `host:port`, `[v6]:port`, or without a port where `defaultPort` is given.
    ///   - defaultPort: the port when none is written; nil = a port must be written.
    ///   - allowsPortZero: whether 0 (the kernel chooses) is legal.
    /// - Throws: what is wrong with the text.
    package init(_ text: some StringProtocol, defaultPort: Int? = nil, allowsPortZero: Bool = false) throws(Problem) {
        let hostText: Substring
        var portText: Substring?
        let whole = Substring(text)
        if whole.hasPrefix("[") {
            guard let close = whole.firstIndex(of: "]") else { throw Problem(message: "\"[\" without \"]\"") }
            hostText = whole[whole.index(after: whole.startIndex)..<close]
            let after = whole[whole.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else {
                throw Problem(message: "\"\(after)\" after the address (use [address]:port)")
            }
            portText = after.isEmpty ? nil : after.dropFirst()
            guard Self.isIPv6Literal(hostText) else { throw Problem(message: "\"\(hostText)\" is not an IPv6 address") }
            isBracketed = true
        } else {
            let parts = whole.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count <= 2 else {
                throw Problem(message: "\"\(text)\" has several colons (write an IPv6 address in brackets: [::1]:80)")
            }
            hostText = parts[0]
            portText = parts.count == 2 ? parts[1] : nil
            guard Self.isHostName(hostText) else {
                throw Problem(message: hostText.isEmpty ? "no host" : "\"\(hostText)\" is not a host name or address")
            }
            let written = HostPort(host: String(hostText), port: 0, isBracketed: false)
            guard !Self.endsInNumber(hostText) || written.ipv4 != nil else {
                throw Problem(message: "\"\(hostText)\" is not an IPv4 address in its usual form (use 192.0.2.1)")
            }
            isBracketed = false
        }
        host = hostText.lowercased()
        if let portText {
            let lowest = allowsPortZero ? 0 : 1
            guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(portText),
                (lowest...65_535).contains(port)
            else { throw Problem(message: "port \"\(portText)\" is not a number from \(lowest) to 65535") }
            self.port = port
        } else if let defaultPort {
            port = defaultPort
        } else {
            throw Problem(message: "no port (use host:port)")
        }
    }

    /// The same host with another port.
    package init(host: HostPort, port: Int) {
        self.init(host: host.host, port: port, isBracketed: host.isBracketed)
    }

    /// Joins parts that were checked elsewhere.
    init(host: String, port: Int, isBracketed: Bool) {
        self.host = host
        self.port = port
        self.isBracketed = isBracketed
    }

    package var description: String {
        isBracketed ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Letters, digits, hyphen and underscore in labels of 1 to 63, at most 253 in all, one trailing dot allowed (RFC 1123
    /// section 2.1, with the underscore that real zones use).
    private static func isHostName(_ text: Substring) -> Bool {
        let name = text.hasSuffix(".") ? text.dropLast() : text
        guard (1...253).contains(name.utf8.count) else { return false }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                        true
                    default: false
                    }
                }
        }
    }

    /// Whether resolvers may take `text` for an IPv4 address, be it in one of its old forms.
    ///
    /// Those are the forms of inet_aton(3): `0x7f.1`, `0177.0.0.1`, `2130706433`. No real name ends so: no top-level domain is
    /// a number (RFC 3696 section 2).
    private static func endsInNumber(_ text: Substring) -> Bool {
        let name = text.hasSuffix(".") ? text.dropLast() : text
        guard let label = name.split(separator: ".").last?.lowercased() else { return false }
        if label.hasPrefix("0x") { return label.utf8.dropFirst(2).allSatisfy(isHexadecimalDigit) }
        return label.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
