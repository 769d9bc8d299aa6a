// SPDX-License-Identifier: Apache-2.0

/// An absolute `ws` or `wss` URL, checked and taken apart (RFC 6455, section 3), as narrow as `HTTPURL`.
package struct WebSocketURL: Hashable, Sendable {
    /// The URL as written.
    package let text: String
    /// Whether the scheme is `wss`.
    package let isSecure: Bool
    /// Host and port to connect to; the port is 80 or 443 when none is written.
    package let address: HostPort
    /// The resource name: path and query, at least `/`.
    package let pathAndQuery: String

    /// Takes `text` apart, or says what is wrong with it.
    package init(_ text: String) throws(HTTPURL.Problem) {
        guard let schemeEnd = text.firstRange(of: "://") else {
            throw HTTPURL.Problem(message: "no scheme (use ws://host/path or wss://host/path)")
        }
        let scheme = text[..<schemeEnd.lowerBound].lowercased()
        guard scheme == "ws" || scheme == "wss" else {
            throw HTTPURL.Problem(message: "scheme \"\(scheme)\" is not allowed (use ws or wss)")
        }
        isSecure = scheme == "wss"
        // The rest is an HTTP URL's by definition.
        let url = try HTTPURL((isSecure ? "https" : "http") + text[schemeEnd.lowerBound...])
        address = url.address
        pathAndQuery = url.pathAndQuery
        self.text = text
    }
}
