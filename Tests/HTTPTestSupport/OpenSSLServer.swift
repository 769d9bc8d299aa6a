// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A real `openssl s_server` that answers every request with a page about the session; `stop` it, or it stays.
package final class OpenSSLServer: Sendable {
    package let port: UInt16
    private let program: Program

    /// A server with a chained certificate that asks each client for one, with `demand` (`-Verify 1`: at most one authority between),
    /// and refuses those of others than ours.
    package convenience init(asking version: String, demand: String) {
        self.init("chained", version, "-Verify", demand, "-verify_return_error", "-CAfile", FreshCertificates.authority)
    }

    /// Starts the server with one of the fresh certificates.
    ///
    /// - Parameters:
    ///   - certificate: the name of the certificate.
    ///   - options: more of `openssl s_server`.
    package init(_ certificate: String, _ options: String...) {
        let chain = FreshCertificates.path("\(certificate).chain")
        program = Program(
            [
                "openssl", "s_server", "-accept", "127.0.0.1:0", "-www",
                "-cert", FreshCertificates.path("\(certificate).pem"), "-key",
                FreshCertificates.path("\(certificate).key"),
            ] + (access(chain, R_OK) == 0 ? ["-cert_chain", chain] : []) + options
        )
        var port: UInt16?
        while port == nil, let line = program.readLine() {
            if line.hasPrefix("ACCEPT "), let colon = line.lastIndex(of: ":") {
                port = UInt16(line[line.index(after: colon)...])
            }
        }
        guard let port else { preconditionFailure("openssl s_server does not start") }
        self.port = port
    }

    package func stop() {
        program.stop()
    }
}
