// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import HealthModel
import LinuxRuntime

/// An SSL_CTX of our own, shared by the connections of one target.
@safe
package final class TLSContext {
    private let context: OpaquePointer
    private unowned let profile: TLSProfile
    /// What was verified against the authorities of this context.
    private let verified: VerifiedChains

    init(owning context: OpaquePointer, profile: TLSProfile, verified: VerifiedChains) {
        unsafe self.context = context
        self.profile = profile
        self.verified = verified
    }

    /// For how long after a full handshake its session may be resumed; zero = never.
    package var resumption: Duration { profile.settings.resumption }

    deinit {
        // unsafe: our own count; connections hold theirs.
        unsafe SSL_CTX_free(context)
    }

    /// Makes the client's side of a connection, which names and will check the server at `host`.
    ///
    /// - Parameters:
    ///   - host: the server, unless the settings name another.
    ///   - offer: the application protocols that are offered; nil offers none.
    /// - Returns: the connection, to be freed with `SSL_free`, and what will be seen of it; nil when there is no memory.
    package func makeSession(
        to host: String,
        offering offer: ProtocolOffer? = nil
    ) -> (session: OpaquePointer, record: HandshakeRecord)? {
        let name = TLSProfile.checkedName(profile.settings.serverName ?? host)
        guard let session = unsafe SSL_new(context) else { return nil }
        // RFC 6066 section 3: an address is no server name.
        if SocketAddress(numeric: name, port: 0) == nil {
            // unsafe: the text is copied.
            guard unsafe copenssl_set_server_name(session, name) == 1 else {
                unsafe SSL_free(session)
                return nil
            }
        }
        // unsafe: the bytes are copied.
        if let offer, unsafe SSL_set_alpn_protos(session, offer.wire, UInt32(offer.wire.count)) != 0 {
            unsafe SSL_free(session)
            return nil
        }
        unsafe SSL_set_connect_state(session)
        let record = HandshakeRecord(serverName: name, isEnforced: profile.settings.verify)
        profile.inform(record)
        record.verified = verified
        unsafe record.attach(toSession: session)
        return unsafe (session, record)
    }
}
