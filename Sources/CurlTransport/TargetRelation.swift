// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// How near the URL of a transfer is to the one that was configured.
///
/// What is sent, and how the connection is made, depends on it once a target redirects.
enum TargetRelation: Hashable {
    /// The same scheme, host and port (RFC 6454 section 4): credentials may go there.
    case sameOrigin
    /// The same host, but another scheme or port: the pinned address, the Unix socket and the server name hold, credentials do not.
    case sameHost
    /// Another host: nothing of what was configured for the target's own holds.
    case elsewhere
}

extension HTTPRequest {
    /// How near `url` is to the request's own.
    func relation(to url: HTTPURL) -> TargetRelation {
        guard url.address.host == self.url.address.host else { return .elsewhere }
        return url.address.port == self.url.address.port && url.isSecure == self.url.isSecure ? .sameOrigin : .sameHost
    }

    /// The fields that may go to a URL of this relation, `added` ones after those of the request.
    ///
    /// What says who asks, and the name the target itself is asked for, stays with the target's own origin.
    func fields(for relation: TargetRelation, adding added: [HTTPField]) -> [HTTPField] {
        guard relation != .sameOrigin else { return headers + added }
        return headers.filter { !Self.ownFields.contains($0.name.lowercased()) }
    }

    private static let ownFields: Set<String> = ["authorization", "proxy-authorization", "cookie", "host"]
}
