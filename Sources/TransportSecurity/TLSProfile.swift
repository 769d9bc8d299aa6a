// SPDX-License-Identifier: Apache-2.0

import COpenSSL
package import HealthModel

/// How connections do TLS, those of one target or of all with the same settings: whom they trust, what they show.
@safe
package final class TLSProfile {
    package let settings: TLSSettings
    private let authorities: AuthorityStore
    private let identity: ClientIdentity?
    private var made: (context: TLSContext, authorities: Int, identity: Int)?

    /// Joins settings with what was read from the files that they name.
    package init(_ settings: TLSSettings, authorities: AuthorityStore, identity: ClientIdentity?) {
        self.settings = settings
        self.authorities = authorities
        self.identity = identity
    }

    /// Why a file as it is now cannot be used, even if what was read before is still in force.
    package var problem: String? { identity?.problem ?? authorities.problem }

    /// A host as its name stands in certificates: without the dot that may end it in the DNS.
    package static func checkedName(_ host: String) -> String {
        host.hasSuffix(".") ? String(host.dropLast()) : host
    }

    /// Sets up somebody else's context for one connection, which `record` will tell about.
    ///
    /// Files that changed are read again.
    /// - Parameters:
    ///   - context: the context to set up.
    ///   - record: what is told about the connection.
    ///   - isTarget: whether it leads to the target itself; nobody else is shown the client certificate.
    /// - Throws: what our side lacks.
    package func prepare(
        _ context: OpaquePointer,
        for record: HandshakeRecord,
        toTarget isTarget: Bool = true
    ) throws(TLSSetupProblem) {
        authorities.refresh()
        identity?.refresh()
        unsafe try configure(context, with: isTarget ? identity : nil)
        inform(record)
        record.verified = authorities.verified
        record.showsCertificate = isTarget && identity != nil
        unsafe record.attach(toContext: context)
    }

    /// A context for connections of our own; the one before, unless a file has changed.
    ///
    /// - Throws: what our side lacks.
    package func context() throws(TLSSetupProblem) -> TLSContext {
        authorities.refresh()
        identity?.refresh()
        let generations = (authorities.generation, identity?.generation ?? 0)
        if let made, (made.authorities, made.identity) == generations { return made.context }
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else {
            throw TLSSetupProblem(text: "no TLS context: \(OpenSSLError.takeLast()?.text ?? "no memory")")
        }
        // Owned from here on, so freed should the next step throw.
        let owned = unsafe TLSContext(owning: context, profile: self, verified: authorities.verified)
        unsafe copenssl_forget_sessions(context)
        if settings.resumption == .zero { unsafe copenssl_refuse_tickets(context) }
        unsafe copenssl_release_buffers(context)
        unsafe try configure(context, with: identity)
        made = (owned, generations.0, generations.1)
        return owned
    }

    /// Tells a record what our side of the connection is like.
    func inform(_ record: HandshakeRecord) {
        record.hasAuthorities = authorities.isUsable
        record.showsCertificate = identity != nil
        record.minimumVersion = settings.minimumVersion
    }

    private func configure(_ context: OpaquePointer, with identity: ClientIdentity?) throws(TLSSetupProblem) {
        let version = settings.minimumVersion
        if version < .tls12 {
            // OpenSSL 3 signs the handshakes of TLS 1.0 and 1.1 with SHA-1, which it allows at level 0 only.
            unsafe SSL_CTX_set_security_level(context, 0)
        }
        guard unsafe copenssl_set_minimum_version(context, version.number) == 1,
            unsafe copenssl_allow_every_newer_version(context) == 1
        else { throw TLSSetupProblem(text: "OpenSSL does not take TLS \(version.rawValue) as the oldest version") }
        if unsafe !authorities.install(in: context), settings.verify {
            throw TLSSetupProblem(text: authorities.problem ?? "no trusted authorities")
        }
        unsafe try identity?.install(in: context)
        // What cannot be reordered stays as it was.
        if unsafe copenssl_prefer_cheapest_suite(context) != 1 { ERR_clear_error() }
        unsafe copenssl_refuse_renegotiation(context)
        // unsafe: functions without state of their own; the record hangs on the connection.
        unsafe SSL_CTX_set_verify(context, settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nil)
        unsafe SSL_CTX_set_cert_verify_callback(context, HandshakeCallbacks.verifyChain, nil)
        unsafe SSL_CTX_set_info_callback(context, HandshakeCallbacks.stateChanged)
        unsafe SSL_CTX_set_cert_cb(context, HandshakeCallbacks.certificateWanted, nil)
    }
}

extension TLSVersion {
    /// The version's number on the wire.
    fileprivate var number: CInt {
        switch self {
        case .tls10: TLS1_VERSION
        case .tls11: TLS1_1_VERSION
        case .tls12: TLS1_2_VERSION
        case .tls13: TLS1_3_VERSION
        }
    }
}
