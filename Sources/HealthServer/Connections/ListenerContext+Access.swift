// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOHTTP1

extension ListenerContext {
    /// Decides whether this request may do what it wants: the one place where that is decided, see ``AccessRules``.
    ///
    /// - Throws: 401 or 403 with what is wrong.
    func checkAccess(_ access: Access, of request: HTTPRequestHead, from peer: Peer) throws(ErrorAnswer) {
        do throws(ErrorAnswer) {
            try rules.check(access, by: peer, authorization: request.headers["authorization"], token: keys.token)
        } catch {
            connections.counters.refusedAccess += 1
            throw error
        }
    }

    /// Decides whether this request may use a service.
    ///
    /// * It needs access as ``checkAccess(_:of:from:)`` says, and a listener with `detail: false` gives it to nobody.
    /// * A browser may read and write only for a page of ours, which none is served by another name than the listener's: a
    ///   foreign `Origin`, `Sec-Fetch-Site` of another site, and on loopback a `Host` that is a name somebody may have
    ///   rebound to it, are refused.
    ///
    /// - Throws: 401 or 403 with what is wrong.
    func checkAccess(to service: Service, _ request: HTTPRequestHead, from peer: Peer) throws(ErrorAnswer) {
        try checkAccess(service.writes(request.method) ? .writing : .reading, of: request, from: peer)
        guard details.showsDetail else { throw ErrorAnswer(.forbidden, "this listener shows no detail") }
        if case .tcp = settings.address, settings.address.isLocal { try checkHost(request) }
        try checkOrigin(request)
    }

    /// Refuses a name that is not this machine's own, though it leads here: somebody may have rebound it.
    private func checkHost(_ request: HTTPRequestHead) throws(ErrorAnswer) {
        let host = request.headers.first(name: "host") ?? ""
        guard let address = try? HostPort(host, defaultPort: 80) else {
            throw ErrorAnswer(.forbidden, "Host: \(quoted(host)) is not this listener")
        }
        guard ListenAddress.tcp(address).isLocal else {
            throw ErrorAnswer(.forbidden, "Host: \(quoted(host)) is not this listener (use localhost or its address)")
        }
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
