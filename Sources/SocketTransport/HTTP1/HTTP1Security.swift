// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import TransportSecurity

/// TLS under one prepared request: how it is done, and the session on the connection that is open.
final class HTTP1Security {
    /// How TLS is done.
    let profile: TLSProfile
    /// The name or address of the server, for SNI and for the certificate.
    let serverName: String
    /// What is offered to the server.
    let offer: ProtocolOffer
    /// Where every session of the transport reads and writes; used within one call only.
    let pipe: TLSPipe
    /// What is asked, for who takes it over.
    let request: HTTPRequest
    /// Takes the request over when the server chooses HTTP/2.
    let other: any HTTPTransport
    /// The exchange that has taken over, for good.
    var successor: (any HTTPExchange)?
    /// On the open connection; nil without one.
    var session: TLSFilter?
    /// What the next connection may resume.
    var ticket: SessionTicket?
    /// When its handshake began.
    var startedAt = MonotonicInstant(nanoseconds: 0)
    /// What the kernel has not taken yet.
    var unsent = OutputBuffer()
    /// How many of the peer's bytes were no part of an answer, in the exchange under way or since the last.
    var idleBytes = 0
    /// Fields of the exchange under way only.
    var fields: [HTTPField] = []

    /// Most bytes that a peer may send beside the answer: handshake, tickets, padding.
    ///
    /// OpenSSL bounds the handshake itself; this ends a peer that goes on with what needs no answer (KeyUpdate, empty records).
    static let maximumIdleBytes = 1_048_576

    private static let httpOffer = ProtocolOffer(["h2", "http/1.1"])
    private static let http1Offer = ProtocolOffer(["http/1.1"])

    init(_ request: HTTPRequest, _ profile: TLSProfile, through pipe: TLSPipe, otherwise other: any HTTPTransport) {
        self.request = request
        self.profile = profile
        self.pipe = pipe
        self.other = other
        serverName = request.tls.serverName ?? request.url.address.host
        offer = request.version == .http1 ? Self.http1Offer : Self.httpOffer
    }

    /// What was seen of TLS on the open connection.
    var facts: TLSFacts? { session?.record.facts }

    /// Lets go of the session, after its connection was closed.
    func endSession() {
        if let session {
            ticket = session.ticket()
            // What it still had to say must not go out on another connection.
            pipe.clear()
        }
        session = nil
        unsent = OutputBuffer()
    }
}
