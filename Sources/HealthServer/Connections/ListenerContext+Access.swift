// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel
import NIOHTTP1

extension ListenerContext {
    /// Decides whether this request may do what it wants: the one place where that is decided, see ``AccessRules``.
    ///
    /// A connection that has shown the right token is not barred by what others of its address guess, until it shows a wrong
    /// one itself; see ``TokenGuesses``.
    ///
    /// - Throws: 401, 403 or 429 with what is wrong.
    func checkAccess(
        _ access: Access,
        of request: HTTPRequestHead,
        from peer: inout Peer
    ) throws(ErrorAnswer) {
        let authorization = request.headers["authorization"]
        let showsToken = !authorization.isEmpty && rules.looksAtToken(of: peer)
        do throws(ErrorAnswer) {
            if showsToken, !peer.hasShownToken { try checkGuesses(of: peer.address) }
            try rules.check(access, by: peer, authorization: authorization, token: keys.token)
            if showsToken { peer.hasShownToken = true }
        } catch {
            connections.counters.refusedAccess += 1
            if showsToken, error.kind == .unauthorized {
                peer.hasShownToken = false
                guesses.tokens.note(authorization, from: peer.address, at: answers.instant())
            }
            throw error
        }
    }

    /// Refuses an address that has shown too many wrong tokens.
    private func checkGuesses(of address: ClientAddress) throws(ErrorAnswer) {
        guard let left = guesses.tokens.bar(of: address, at: answers.instant()) else { return }
        connections.counters.refusedGuesses += 1
        let seconds = String((left.nanosecondsForTimers + 999_999_999) / 1_000_000_000)
        throw ErrorAnswer(
            .tooManyRequests,
            "too many wrong tokens from this address; no token is looked at for \(seconds)s",
            fields: [HTTPField(name: "Retry-After", value: seconds)]
        )
    }

    /// Decides whether this request may read a document that is not public.
    ///
    /// It needs access as ``checkAccess(_:of:from:)`` says. Where everybody on this machine has that, a browser that was led
    /// here by a name which somebody has rebound is refused, see ``LocalHost``, and so is one that asks for a page of another
    /// origin.
    ///
    /// - Throws: 401, 403 or 429 with what is wrong.
    func checkReading(_ request: HTTPRequestHead, from peer: inout Peer) throws(ErrorAnswer) {
        try checkAccess(.reading, of: request, from: &peer)
        guard rules.trustsThisMachine else { return }
        if let host = request.headers.first(name: "host"), !LocalHost.mayBeOurs(host.utf8) {
            throw ErrorAnswer(.forbidden, "Host: \(quoted(host)) is not this listener (use localhost or its address)")
        }
        try checkForeignOrigin(request)
    }

    /// Which answers a request for a status is given.
    ///
    /// Where names and texts are shown because only this machine can ask, a `Host` that may be somebody else's name gets the
    /// same code without them; see ``LocalHost``.
    func statusAnswers(to request: HTTPRequestHead) -> ListenerAnswers {
        guard let anonymous, let host = request.headers.first(name: "host"), !LocalHost.mayBeOurs(host.utf8) else {
            return answers
        }
        return anonymous
    }

    /// Decides whether this request may use a service.
    ///
    /// * It needs access as ``checkAccess(_:of:from:)`` says, and a listener with `detail: false` gives it to nobody.
    /// * A browser may read and write only for a page of ours, which none is served by another name than the listener's: a
    ///   foreign `Origin`, `Sec-Fetch-Site` of another site, and on loopback a `Host` that is a name somebody may have
    ///   rebound to it, are refused.
    ///
    /// - Throws: 401, 403 or 429 with what is wrong.
    func checkAccess(
        to service: Service,
        _ request: HTTPRequestHead,
        from peer: inout Peer
    ) throws(ErrorAnswer) {
        try checkAccess(service.writes(request.method) ? .writing : .reading, of: request, from: &peer)
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
        try checkForeignOrigin(request)
        if let site = request.headers.first(name: "sec-fetch-site"), site != "same-origin", site != "none" {
            throw ErrorAnswer(.forbidden, "pages of another site may not ask")
        }
    }

    private func checkForeignOrigin(_ request: HTTPRequestHead) throws(ErrorAnswer) {
        guard let origin = request.headers.first(name: "origin") else { return }
        let host = request.headers.first(name: "host") ?? ""
        let isOurs = ["http://", "https://"].contains { origin.lowercased() == $0 + host.lowercased() }
        guard isOurs else { throw ErrorAnswer(.forbidden, "pages of \(quoted(origin)) may not ask") }
    }
}
