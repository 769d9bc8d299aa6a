// SPDX-License-Identifier: Apache-2.0

/// Hosts whose address is known without asking anybody.
enum LocalName {
    private static let loopback = [
        SocketAddress(bytes: Array(repeating: 0, count: 15) + [1], port: 0),
        SocketAddress(bytes: [127, 0, 0, 1], port: 0),
    ]

    /// The addresses of a numeric host, or of `localhost` and the names below it, which RFC 6761 section 6.3 wants to be
    /// loopback without a look-up (IPv6 first, as the system orders them); nil for every other name.
    ///
    /// - Parameter name: in lower case.
    /// - Returns: addresses with port 0, or nil.
    static func addresses(of name: String) -> [SocketAddress]? {
        if let numeric = SocketAddress(numeric: name, port: 0) { return [numeric] }
        let absolute = name.hasSuffix(".") ? name.dropLast() : name[...]
        return absolute == "localhost" || absolute.hasSuffix(".localhost") ? loopback : nil
    }
}
