// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// The trusted authorities of one PEM file, parsed once and shared by every connection that trusts them.
///
/// libcurl would parse the file again for every multi handle and keep a copy each: 27 ms and more than a megabyte for Debian's
/// bundle. A file that changed is parsed at the next handshake; if it cannot be, the authorities read before stay in force.
@safe
package final class AuthorityStore {
    /// Debian's bundle, made by update-ca-certificates.
    package static let systemBundle = "/etc/ssl/certs/ca-certificates.crt"

    private let path: String
    private var store: OpaquePointer?
    private var version: FileVersion?
    /// What was verified against the authorities that are in force.
    private(set) var verified = VerifiedChains()
    /// How often other authorities came into force.
    private(set) var generation = 0
    /// Why the file as it is now cannot be used; what was read before stays in force all the same.
    package private(set) var problem: String?

    /// Reads the authorities of the file at `path`; ``problem`` tells when it cannot.
    package init(path: String) {
        self.path = path
        refresh()
    }

    deinit {
        // unsafe: the store's own count; connections that use it hold theirs.
        unsafe X509_STORE_free(store)
    }

    /// Whether there are authorities, of the file as it is now or as it was.
    var isUsable: Bool { unsafe store != nil }

    /// ``problem``, and what that means for connections.
    var report: String? {
        problem.map { isUsable ? "\($0); the authorities read before stay in force" : $0 }
    }

    /// Makes a connection's TLS context trust these authorities; false when there are none.
    func install(in context: OpaquePointer) -> Bool {
        guard let store = unsafe store else { return false }
        // unsafe: both are alive; the context counts its use of the store.
        unsafe SSL_CTX_set1_cert_store(context, store)
        return true
    }

    /// Reads the file again when it has changed.
    func refresh() {
        let seen: FileVersion
        do {
            seen = try FileVersion(of: path)
        } catch {
            problem = "the CA file \(path) cannot be read: \(error.text)"
            // Should the same file come back, the problem has to go.
            version = nil
            return
        }
        guard seen != version else { return }
        version = seen
        guard let fresh = unsafe Self.load(path) else {
            problem = "the CA file \(path) holds no usable certificates"
            return
        }
        problem = nil
        generation += 1
        verified = VerifiedChains()
        unsafe X509_STORE_free(store)
        unsafe store = fresh
    }

    private static func load(_ path: String) -> OpaquePointer? {
        defer { ERR_clear_error() }
        guard let store = unsafe X509_STORE_new() else { return nil }
        guard unsafe X509_STORE_load_file(store, path) == 1, unsafe copenssl_trust_like_libcurl(store) == 1 else {
            // unsafe: nobody else knows the store.
            unsafe X509_STORE_free(store)
            return nil
        }
        return unsafe store
    }
}
