// SPDX-License-Identifier: Apache-2.0

/// The files that a listener with TLS needs, by their absolute paths; read again when they change.
package struct ListenerTLS: Hashable, Sendable {
    /// The certificate in PEM, followed by the intermediate ones.
    package var certificateFile: String
    /// Its private key in PEM; may be the same file.
    package var keyFile: String
    /// Who signs the certificates of clients, in PEM; nil = clients are not asked for one.
    package var clientAuthorityFile: String?

    package init(certificateFile: String, keyFile: String, clientAuthorityFile: String? = nil) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.clientAuthorityFile = clientAuthorityFile
    }
}
