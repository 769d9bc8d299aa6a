// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// The certificate chain and the key that show a server who we are, from PEM files.
///
/// Read when made, and again when a file changes; what cannot be used then leaves the identity read before in force. So a
/// certificate and a key that are replaced one after the other never meet halfway.
@safe
package final class ClientIdentity {
    private let certificateFile: String
    private let keyFile: String
    private var loaded: Loaded?
    private var versions: [FileVersion] = []
    /// Why the files as they are now cannot be used; what was read before stays in force all the same.
    package private(set) var problem: String?
    /// How often another identity came into force.
    private(set) var generation = 0

    /// Reads both files; ``problem`` tells when they cannot be used.
    ///
    /// - Parameters:
    ///   - certificateFile: the certificate first, then the intermediates up to the authority, which may be left out.
    ///   - keyFile: the certificate's key without a passphrase; may be the same file.
    package init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        refresh()
    }

    /// ``problem``, and what that means for connections.
    var report: String? {
        problem.map { loaded == nil ? $0 : "\($0); the client certificate read before stays in force" }
    }

    /// Makes a TLS context show this identity to a server that asks for one.
    ///
    /// - Throws: why it cannot.
    func install(in context: OpaquePointer) throws(TLSSetupProblem) {
        guard let loaded else { throw TLSSetupProblem(text: problem ?? "no client certificate") }
        // unsafe: the context counts its use of each.
        guard unsafe SSL_CTX_use_cert_and_key(context, loaded.certificate, loaded.key, loaded.intermediates, 1) == 1
        else {
            let why = OpenSSLError.takeLast()?.text ?? "no memory"
            throw TLSSetupProblem(text: "the client certificate \(certificateFile) cannot be used: \(why)")
        }
    }

    /// Reads the files again when one has changed.
    func refresh() {
        do throws(TLSSetupProblem) {
            let seen = [try version(of: certificateFile), try version(of: keyFile)]
            guard seen != versions else { return }
            versions = seen
            loaded = try Loaded(certificateFile: certificateFile, keyFile: keyFile)
            generation += 1
            problem = nil
        } catch {
            problem = error.text
        }
    }

    private func version(of path: String) throws(TLSSetupProblem) -> FileVersion {
        do {
            return try FileVersion(of: path)
        } catch {
            // Should the same file come back, the problem has to go.
            versions = []
            throw TLSSetupProblem(text: "\(path) cannot be read: \(error.text)")
        }
    }
}

/// What the files hold.
@safe
private final class Loaded {
    let certificate: OpaquePointer
    let key: OpaquePointer
    let intermediates: OpaquePointer

    /// Most certificates that are sent besides the first.
    private static let maximumIntermediates = 16

    init(certificateFile: String, keyFile: String) throws(TLSSetupProblem) {
        let certificates = try PEMFile(certificateFile)
        guard let certificate = unsafe try certificates.nextCertificate() else {
            throw TLSSetupProblem(text: "\(certificateFile) holds no certificate")
        }
        let key: OpaquePointer
        do throws(TLSSetupProblem) {
            unsafe key = try PEMFile(keyFile).privateKey()
        } catch {
            // unsafe: nobody else knows the certificate.
            unsafe X509_free(certificate)
            throw error
        }
        // From here on deinit frees what there is.
        unsafe self.certificate = certificate
        unsafe self.key = key
        unsafe intermediates = copenssl_new_stack()
        defer { ERR_clear_error() }
        guard unsafe X509_check_private_key(certificate, key) == 1 else {
            throw TLSSetupProblem(
                text: "the key in \(keyFile) does not belong to the certificate in \(certificateFile)"
            )
        }
        var count = 0
        while let intermediate = unsafe try certificates.nextCertificate() {
            count += 1
            guard count <= Self.maximumIntermediates, unsafe copenssl_push(intermediates, intermediate) > 0 else {
                // unsafe: the stack did not take it.
                unsafe X509_free(intermediate)
                throw TLSSetupProblem(
                    text: "\(certificateFile) holds more than \(Self.maximumIntermediates + 1) certificates"
                )
            }
        }
    }

    deinit {
        // unsafe: our own counts; contexts that use them hold theirs.
        unsafe X509_free(certificate)
        unsafe EVP_PKEY_free(key)
        unsafe copenssl_free_stack(intermediates)
    }
}
