// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Addresses as peers write them.
enum TargetText {
    /// `host:port`, an IPv6 address in brackets.
    static func hostPort(_ host: String, _ port: some CustomStringConvertible) -> String {
        host.contains(":") && !host.hasPrefix("[") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// What stands before and behind the last colon of `host:port`; nil when there is no port.
    static func split(_ text: some StringProtocol) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        let host = text[..<colon]
        guard !host.contains(":") || host.hasPrefix("[") && host.hasSuffix("]") else { return nil }
        return (String(host), port)
    }

    /// What stands before the `://` of a URL, in small letters, and what behind it; nil without any.
    static func scheme(of url: String) -> (scheme: String, rest: String)? {
        guard let range = url.firstRange(of: "://") else { return nil }
        return (url[..<range.lowerBound].lowercased(), String(url[range.upperBound...]))
    }
}
