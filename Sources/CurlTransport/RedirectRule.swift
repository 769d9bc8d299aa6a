// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Decides whether a redirect is followed.
///
/// A target must not choose what the agent contacts: only the host of the configured URL, under `http` or `https` and any
/// port, and the hosts that the configuration lists. From `https` only a listed host gets a request without encryption. The
/// number is bounded by the probe, and nobody is asked the same thing twice.
struct RedirectRule: Hashable {
    /// How many may be followed.
    var limit: Int
    /// The names under which the target itself is known; the first is that of the URL.
    var ownHosts: [String]
    /// The hosts that are listed.
    var listedHosts: [String] = []

    /// One request on the way, as far as it tells a loop.
    struct Step: Hashable {
        var method: String
        var isSecure: Bool
        var address: HostPort
        var pathAndQuery: String

        init(_ method: String, _ url: HTTPURL) {
            self.method = method
            isSecure = url.isSecure
            address = url.address
            pathAndQuery = url.pathAndQuery
        }

        /// Where it went, without its query: that may hold what nobody should see.
        var text: String {
            let path = pathAndQuery.prefix { $0 != "?" }
            let shown = path.count > 100 ? path.prefix(100) + "…" : path
            return "\(isSecure ? "https" : "http")://\(address)\(shown)"
        }
    }

    /// What to do about a redirect.
    enum Decision: Hashable {
        case follow(HTTPURL)
        /// With the place it leads to, when that can be told.
        case refuse(String, Step?)
    }

    /// Decides about a redirect.
    ///
    /// - Parameters:
    ///   - target: where it leads, an absolute URL.
    ///   - method: how that would be asked.
    ///   - steps: the requests so far, at least one.
    /// - Returns: the URL to go on with, or why not.
    func decide(target: String, method: String, after steps: [Step]) -> Decision {
        let url: HTTPURL
        do {
            url = try own(try HTTPURL(target.prefix { $0 != "#" }.description))
        } catch {
            return .refuse("redirect to an unusable URL: \(error.message)", nil)
        }
        let step = Step(method, url)
        let isListed = listedHosts.contains(url.address.host)
        guard isListed || ownHosts.contains(url.address.host) else {
            return .refuse("redirect to another host, \(url.address.host)", step)
        }
        guard url.isSecure || isListed || steps.last?.isSecure != true else {
            return .refuse("redirect from https to http, which needs \(url.address.host) in redirect_hosts", step)
        }
        guard !steps.contains(step) else { return .refuse("redirect loop, back to \(step.text)", step) }
        guard steps.count <= limit else {
            return .refuse("more than \(limit) \(limit == 1 ? "redirect" : "redirects")", step)
        }
        return .follow(url)
    }

    /// The URL under the host's own name, where it has one of the others.
    private func own(_ url: HTTPURL) throws(HTTPURL.Problem) -> HTTPURL {
        guard let name = ownHosts.first, name != url.address.host, ownHosts.contains(url.address.host) else {
            return url
        }
        let host = name.contains(":") ? "[\(name)]" : name
        return try HTTPURL("\(url.isSecure ? "https" : "http")://\(host):\(url.address.port)\(url.pathAndQuery)")
    }

    /// Whether the request is repeated as a `GET` without a body (RFC 9110 section 15.4): after 303, and, as every browser
    /// does, after 301 or 302 to a `POST`.
    static func becomesGet(status: Int, method: String) -> Bool {
        switch status {
        case 303: method != "HEAD"
        case 301, 302: method == "POST"
        default: false
        }
    }
}
