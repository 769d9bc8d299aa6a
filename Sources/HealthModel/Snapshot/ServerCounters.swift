// SPDX-License-Identifier: Apache-2.0

/// What the server has answered and refused since it started.
package struct ServerCounters: Hashable, Sendable {
    /// Listeners whose address this machine does not have yet, now.
    package var awaitedAddresses: UInt64 = 0
    /// Connections taken.
    package var accepted: UInt64 = 0
    /// Connections closed at once because their address had too many.
    package var refusedPerAddress: UInt64 = 0
    /// Connections closed at once because there were too many in all.
    package var refusedInAll: UInt64 = 0
    /// Idle connections closed to make room for new ones.
    package var evicted: UInt64 = 0
    /// How often accepting paused because every connection was busy.
    package var acceptPauses: UInt64 = 0
    /// Requests answered from prepared bytes.
    package var answeredFast: UInt64 = 0
    /// Requests answered through the full parser.
    package var answeredFully: UInt64 = 0
    /// Requests refused before they reached a route: malformed, too large, or not understood.
    package var refusedRequests: UInt64 = 0
    /// Requests refused for want of a token, a certificate or an admin listener.
    package var refusedAccess: UInt64 = 0
    /// Requests refused because their address had shown too many wrong tokens; also counted as ``refusedAccess``.
    package var refusedGuesses: UInt64 = 0
    /// Connections that spoke HTTP/2.
    package var http2Connections: UInt64 = 0
    /// Connections that ended because the client broke a rule or a limit of HTTP/2.
    package var http2Violations: UInt64 = 0
    /// Calls of gRPC.
    package var grpcCalls: UInt64 = 0
    /// TLS connections whose handshake failed: plain text, no common version, a certificate that does not verify.
    package var handshakeFailures: UInt64 = 0
    /// TLS connections whose handshake did not end in time.
    package var handshakeTimeouts: UInt64 = 0
    /// Connections that ended because the fields of a request did not arrive in time.
    package var headerTimeouts: UInt64 = 0
    /// Connections that ended because no request came in time.
    package var idleTimeouts: UInt64 = 0
    /// Connections that ended because the client did not read its answers in time.
    package var writeTimeouts: UInt64 = 0

    package init() {}
}
