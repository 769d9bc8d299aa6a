// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Decides whether a redirect is followed.
///
/// A target must not choose what the agent contacts: only the host of the configured URL is, under `http` or `https` and any
/// port. The number is bounded by the probe.
struct RedirectRule: Hashable {
    /// How many may be followed.
    var limit: Int
    /// The names under which the target is known.
    var hosts: [String]

    /// What to do about a redirect.
    enum Decision: Hashable {
        case follow(HTTPURL)
        case refuse(String)
    }

    /// Decides about a redirect to `target`, an absolute URL, after `followed` others.
    func decide(target: String, followed: Int) -> Decision {
        guard followed < limit else {
            return .refuse("more than \(limit) \(limit == 1 ? "redirect" : "redirects")")
        }
        let url: HTTPURL
        do {
            url = try HTTPURL(target.prefix { $0 != "#" }.description)
        } catch {
            return .refuse("redirect to an unusable URL: \(error.message)")
        }
        guard hosts.contains(url.address.host) else {
            return .refuse("redirect to another host, \(url.address.host)")
        }
        return .follow(url)
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
