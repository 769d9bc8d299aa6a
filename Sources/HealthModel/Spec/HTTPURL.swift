// SPDX-License-Identifier: Apache-2.0

/// An absolute `http` or `https` URL, checked and taken apart (RFC 3986, narrowed).
///
/// Narrower than the RFC on purpose: no user information (credentials belong in their own key), no fragment, no white space
/// or control characters, an explicit port between 1 and 65535. So what the probe contacts is what the file shows.
package struct HTTPURL: Hashable, Sendable {
    /// The URL as written.
    package let text: String
    /// Whether the scheme is `https`.
    package let isSecure: Bool
    /// Host and port to connect to; the port is 80 or 443 when none is written.
    package let address: HostPort
    /// Path and query, at least `/`.
    package let pathAndQuery: String

    /// Why a text is not a URL that can be probed.
    package struct Problem: Error, Hashable {
        /// What was seen and what is allowed, in lower case, without a full stop.
        package let message: String
    }

    /// Takes `text` apart, or says what is wrong with it.
    package init(_ text: String) throws(Problem) {
        guard text.utf8.count <= 8_192 else { throw Problem(message: "longer than 8192 bytes") }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Problem(message: "white space, control or non-ASCII character (percent-encode it)")
        }
        guard let schemeEnd = text.firstRange(of: "://") else {
            throw Problem(message: "no scheme (use http://host/path or https://host/path)")
        }
        let scheme = text[..<schemeEnd.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw Problem(message: "scheme \"\(scheme)\" is not allowed (use http or https)")
        }
        let rest = text[schemeEnd.upperBound...]
        let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let authority = rest[..<authorityEnd]
        guard !authority.contains("@") else {
            throw Problem(message: "user information in the URL is not allowed")
        }
        guard !text.contains("#") else { throw Problem(message: "a fragment (#…) is never sent; remove it") }
        isSecure = scheme == "https"
        do {
            address = try HostPort(authority, defaultPort: isSecure ? 443 : 80)
        } catch {
            throw Problem(message: error.message)
        }
        let path = rest[authorityEnd...]
        pathAndQuery = path.hasPrefix("/") ? String(path) : "/" + path
        self.text = text
    }

    /// Joins parts that are legal by construction.
    ///
    /// - Parameters:
    ///   - isSecure: whether the scheme is `https`.
    ///   - address: where to connect.
    ///   - path: begins with `/` and holds no space, control or non-ASCII character.
    package init(isSecure: Bool, address: HostPort, path: String) {
        precondition(
            path.hasPrefix("/") && path.utf8.allSatisfy { (0x21...0x7E).contains($0) },
            "\"\(path)\" is not the path of a URL"
        )
        self.isSecure = isSecure
        self.address = address
        pathAndQuery = path
        text = "\(isSecure ? "https" : "http")://\(address)\(path)"
    }
}
