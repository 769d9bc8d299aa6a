// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc
import HealthModel
import LinuxRuntime

/// The trusted authorities of one PEM file, parsed once and shared by every connection that trusts them.
///
/// libcurl would parse the file again for every multi handle and keep a copy each: 27 ms and more than a megabyte for Debian's
/// bundle. A file that changed is parsed at the next handshake; if it cannot be, the authorities read before stay in force.
@safe
final class AuthorityStore {
    /// Debian's bundle, made by update-ca-certificates.
    static let systemBundle = "/etc/ssl/certs/ca-certificates.crt"

    private let path: String
    private var store: OpaquePointer?
    private var version: FileVersion?
    /// Why the file cannot be used, when it cannot.
    private(set) var problem: String?

    init(path: String) {
        self.path = path
        refresh()
    }

    deinit {
        // unsafe: the store's own count; connections that use it hold theirs.
        unsafe X509_STORE_free(store)
    }

    /// Makes a connection's TLS context trust these authorities; false when there are none.
    func install(in context: OpaquePointer) -> Bool {
        refresh()
        guard let store = unsafe store else { return false }
        // unsafe: both are alive; the context counts its use of the store.
        unsafe SSL_CTX_set1_cert_store(context, store)
        return true
    }

    private func refresh() {
        let seen: FileVersion
        do {
            seen = try FileVersion(of: path)
        } catch {
            problem = "the CA file \(path) cannot be read: \(error.text)"
            return
        }
        guard seen != version else { return }
        version = seen
        guard let fresh = unsafe Self.load(path) else {
            problem = "the CA file \(path) holds no usable certificates"
            return
        }
        problem = nil
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

/// What tells one content of a file from another without reading it.
private struct FileVersion: Hashable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    init(of path: String) throws(SystemError) {
        var status = stat()
        // unsafe: the struct is filled by the call.
        guard unsafe stat(path, &status) == 0 else { throw .last }
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
