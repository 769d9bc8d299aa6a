// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import HealthModel

/// Reads what a PEM file (RFC 7468) holds; the caller has seen that it is a regular file.
@safe
final class PEMFile {
    private let path: String
    private let input: OpaquePointer

    /// - Throws: why the file cannot be opened.
    init(_ path: String) throws(TLSSetupProblem) {
        self.path = path
        guard let input = unsafe BIO_new_file(path, "r") else {
            throw TLSSetupProblem(text: "\(path) cannot be read: \(OpenSSLError.takeLast()?.text ?? "no memory")")
        }
        unsafe self.input = input
    }

    deinit {
        unsafe BIO_free_all(input)
        ERR_clear_error()
    }

    /// The next certificate, which the caller frees; nil after the last.
    ///
    /// - Throws: what makes a certificate unreadable.
    func nextCertificate() throws(TLSSetupProblem) -> OpaquePointer? {
        if let certificate = unsafe copenssl_read_certificate(input) { return unsafe certificate }
        let problem = OpenSSLError.takeLast()
        if problem?.isEndOfPEM == true { return nil }
        throw TLSSetupProblem(text: "\(path) holds an unusable certificate: \(problem?.text ?? "no memory")")
    }

    /// The first private key, which the caller frees.
    ///
    /// - Throws: why there is none that can be used.
    func privateKey() throws(TLSSetupProblem) -> OpaquePointer {
        if let key = unsafe copenssl_read_key(input) { return unsafe key }
        let problem = OpenSSLError.takeLast()
        if problem?.isEndOfPEM == true { throw TLSSetupProblem(text: "\(path) holds no private key that can be used") }
        if problem?.isMissingPassphrase == true {
            throw TLSSetupProblem(
                text: "the key in \(path) is protected by a passphrase, which nobody is there to type"
            )
        }
        throw TLSSetupProblem(text: "\(path) holds an unusable private key: \(problem?.text ?? "no memory")")
    }
}
