// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Authorities and client identities, each read from its files once, however many targets name them.
package final class TLSFiles {
    private var authorities: [String: Weak<AuthorityStore>] = [:]
    private var identities: [IdentityFiles: Weak<ClientIdentity>] = [:]
    private var profiles: [TLSSettings: Weak<TLSProfile>] = [:]

    package init() {}

    /// What connections with these settings need; Debian's bundle is trusted where no CA file is named.
    package func profile(for settings: TLSSettings) -> TLSProfile {
        let path = settings.authorityFile ?? AuthorityStore.systemBundle
        let store = authorities[path]?.object ?? AuthorityStore(path: path)
        authorities = authorities.filter { $0.value.object != nil }
        authorities[path] = Weak(object: store)
        return TLSProfile(settings, authorities: store, identity: identity(for: settings))
    }

    /// What is wrong with files that probes name, a line each, sorted; as of the last handshake that needed them.
    ///
    /// Where something could be read from a file before, that is still in force, and the line says so.
    package var problems: [String] {
        let ofAuthorities = authorities.values.compactMap { $0.object?.report }
        let ofIdentities = identities.values.compactMap { $0.object?.report }
        return (ofAuthorities + ofIdentities).sorted()
    }

    /// The same, shared by all who ask with the same settings, for connections whose server is named apart.
    ///
    /// What is made of a certificate's end is not the connection's affair, so `expiry` does not count, nor does `serverName`.
    package func sharedProfile(for settings: TLSSettings) -> TLSProfile {
        var settings = settings
        settings.expiry = CertificateExpiry()
        settings.serverName = nil
        if let profile = profiles[settings]?.object { return profile }
        let profile = profile(for: settings)
        profiles = profiles.filter { $0.value.object != nil }
        profiles[settings] = Weak(object: profile)
        return profile
    }

    private func identity(for settings: TLSSettings) -> ClientIdentity? {
        guard let certificate = settings.certificateFile, let key = settings.keyFile else { return nil }
        let files = IdentityFiles(certificate: certificate, key: key)
        let identity = identities[files]?.object ?? ClientIdentity(certificateFile: certificate, keyFile: key)
        identities = identities.filter { $0.value.object != nil }
        identities[files] = Weak(object: identity)
        return identity
    }
}

private struct IdentityFiles: Hashable {
    var certificate: String
    var key: String
}

private struct Weak<Object: AnyObject> {
    weak var object: Object?
}
