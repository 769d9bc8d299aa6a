// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel

/// What a request wants to do beyond asking for a status, which everybody may.
enum Access: Hashable, Sendable {
    /// Read what is not public: metrics, the API, events.
    case reading
    /// Change something.
    case writing
}

/// Whom a listener lets do what.
///
/// | listener | reading | writing |
/// |---|---|---|
/// | unix socket | whoever its file's mode lets connect | the same |
/// | TCP with `token` or `client_ca` | with that token, or a certificate of that authority | the same, with `admin: true` |
/// | loopback without either | everybody | everybody, with `admin: true` |
/// | any other without either | nobody | nobody |
struct AccessRules: Hashable, Sendable {
    /// How the first three columns differ.
    private enum Door: Hashable, Sendable {
        case open
        case guarded(byToken: Bool, byCertificate: Bool)
        case shut
    }

    private let door: Door
    private let takesWritingCalls: Bool
    private let isTCP: Bool

    init(_ settings: ListenerSettings) {
        let (byToken, byCertificate) = (settings.token != nil, settings.tls?.clientAuthorityFile != nil)
        switch settings.address {
        case .unix:
            door = .open
            takesWritingCalls = true
            isTCP = false
        case .tcp, .inherited:
            if byToken || byCertificate {
                door = .guarded(byToken: byToken, byCertificate: byCertificate)
            } else {
                door = settings.address.isLocal ? .open : .shut
            }
            takesWritingCalls = settings.isAdmin
            isTCP = true
        }
    }

    /// Whether everybody on this machine has access over TCP, without a token or a certificate: also a browser's pages.
    var trustsThisMachine: Bool { isTCP && door == .open }

    /// Whether a token of this peer would be compared.
    func looksAtToken(of peer: Peer) -> Bool {
        guard case .guarded(byToken: true, let byCertificate) = door else { return false }
        return !(byCertificate && peer.isCertified)
    }

    /// Decides about one request.
    ///
    /// - Parameters:
    ///   - access: what it wants.
    ///   - peer: who asks.
    ///   - authorization: its `Authorization` fields.
    ///   - token: the listener's token as it is now.
    /// - Throws: 401 where a token may help, 403 where nothing does.
    func check(
        _ access: Access,
        by peer: Peer,
        authorization: [String],
        token: BearerToken?
    ) throws(ErrorAnswer) {
        switch door {
        case .open: break
        case .shut:
            let hint = "ask on loopback or a unix socket, or give the listener a token"
            throw ErrorAnswer(.forbidden, "only status paths are served on this listener; \(hint)")
        case .guarded(let byToken, let byCertificate):
            guard byCertificate && peer.isCertified || Self.opens(token, authorization) else {
                throw Self.refusal(byToken: byToken, byCertificate: byCertificate, isWrong: !authorization.isEmpty)
            }
        }
        guard access == .reading || takesWritingCalls else {
            throw ErrorAnswer(.forbidden, "this listener takes no writing calls; ask on the admin socket")
        }
    }

    /// Several fields open nothing: which one counts would be a guess (RFC 9110 section 11.6.2 knows one).
    private static func opens(_ token: BearerToken?, _ authorization: [String]) -> Bool {
        guard let token, let field = authorization.first, authorization.count == 1 else { return false }
        return token.matches(authorization: field)
    }

    private static func refusal(byToken: Bool, byCertificate: Bool, isWrong: Bool) -> ErrorAnswer {
        guard byToken else {
            return ErrorAnswer(.forbidden, "only status paths are served without a client certificate")
        }
        let alternative = byCertificate ? " or a client certificate" : ""
        let challenge = "Bearer realm=\"bellwether\"" + (isWrong ? ", error=\"invalid_token\"" : "")
        return ErrorAnswer(
            .unauthorized,
            isWrong ? "not this listener's token" : "needs the listener's token\(alternative)",
            fields: [HTTPField(name: "WWW-Authenticate", value: challenge)]
        )
    }
}
