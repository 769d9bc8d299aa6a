// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOHTTP1

extension ListenerContext {
    /// Whether writing calls are taken on this listener: on a unix socket, and on a loopback address that was made an admin
    /// listener.
    var takesWritingCalls: Bool {
        switch settings.address {
        case .unix: true
        case .tcp: settings.isAdmin && settings.address.isLocal
        }
    }

    /// Decides whether this request may use a service at all: the one place where that is decided.
    ///
    /// * On a listener that others than this machine can reach, and on one without detail, nobody may.
    /// * Only an admin listener takes writing calls.
    /// * A browser may read and write only for a page of ours, which none is served by another name than the listener's: a
    ///   foreign `Origin`, `Sec-Fetch-Site` of another site, and on loopback a `Host` that is a name somebody may have
    ///   rebound to it, are refused.
    ///
    /// - Throws: 403 with what is wrong.
    func checkAccess(to service: Service, _ request: HTTPRequestHead) throws(ErrorAnswer) {
        guard answers.servesPrivateRoutes else {
            let hint = "ask on loopback or a unix socket"
            throw ErrorAnswer(.forbidden, "only status paths are served on this listener; \(hint)")
        }
        guard answers.showsDetail else { throw ErrorAnswer(.forbidden, "this listener shows no detail") }
        if service.writes(request.method), !takesWritingCalls {
            throw ErrorAnswer(.forbidden, "this listener takes no writing calls; ask on the admin socket")
        }
        if case .unix = settings.address { return try checkOrigin(request) }
        let host = request.headers.first(name: "host") ?? ""
        guard settings.address.isLocal, let address = try? HostPort(host, defaultPort: 80) else {
            throw ErrorAnswer(.forbidden, "Host: \(quoted(host)) is not this listener")
        }
        guard ListenAddress.tcp(address).isLocal else {
            throw ErrorAnswer(.forbidden, "Host: \(quoted(host)) is not this listener (use localhost or its address)")
        }
        try checkOrigin(request)
    }

    /// Refuses a browser that asks for a page of another origin (RFC 6454; Fetch Metadata).
    private func checkOrigin(_ request: HTTPRequestHead) throws(ErrorAnswer) {
        if let origin = request.headers.first(name: "origin") {
            let host = request.headers.first(name: "host") ?? ""
            let isOurs = ["http://", "https://"].contains { origin.lowercased() == $0 + host.lowercased() }
            guard isOurs else { throw ErrorAnswer(.forbidden, "pages of \(quoted(origin)) may not ask") }
        }
        if let site = request.headers.first(name: "sec-fetch-site"), site != "same-origin", site != "none" {
            throw ErrorAnswer(.forbidden, "pages of another site may not ask")
        }
    }
}
