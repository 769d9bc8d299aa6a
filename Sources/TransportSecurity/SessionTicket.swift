// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc
package import HealthModel

/// A session that a later connection to the same server may resume: without certificate and signature, so for less work on both sides.
///
/// What a full handshake has shown is kept with it, and is all that is known of the server's certificate until the next one.
@safe
package final class SessionTicket {
    /// What was seen of the full handshake.
    let facts: TLSFacts
    /// When that was: when the server last proved that it has the key of its certificate.
    package let provenAt: MonotonicInstant
    private let session: OpaquePointer
    /// Whom that trusted; a changed file makes another.
    private let context: TLSContext

    /// Takes over the count of `session`.
    package init(owning session: OpaquePointer, of context: TLSContext, facts: TLSFacts, provenAt: MonotonicInstant) {
        unsafe self.session = session
        self.context = context
        self.facts = facts
        self.provenAt = provenAt
    }

    deinit {
        // unsafe: our own count; a connection that resumes the session holds its own.
        unsafe SSL_SESSION_free(session)
    }

    /// Whether a connection that is made now may resume the session.
    ///
    /// Not with other files than those the handshake was judged by, not longer than the settings say, and not when a certificate of
    /// the chain has ended or has not begun: a full handshake then tells.
    package func isGood(for context: TLSContext, at now: MonotonicInstant, calendar: Int64 = Int64(time(nil))) -> Bool {
        guard context === self.context, provenAt.duration(to: now) < context.resumption, !facts.chain.isEmpty else {
            return false
        }
        return facts.chain.allSatisfy { $0.notBefore <= calendar && calendar < $0.notAfter }
    }

    /// Lets a connection that has not begun its handshake ask for the session to be resumed.
    package func offer(on connection: OpaquePointer) {
        // A session that cannot be offered is none: the handshake is then a full one.
        if unsafe SSL_set_session(connection, session) != 1 { ERR_clear_error() }
    }
}
