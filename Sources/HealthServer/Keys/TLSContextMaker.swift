// SPDX-License-Identifier: Apache-2.0

import HealthModel
import NIOCore
import NIOSSL

/// Makes what TLS connections of a listener begin with, of the contents of its files.
struct TLSContextMaker: Sendable {
    let files: ListenerTLS
    /// Whether HTTP/2 is offered (ALPN, RFC 7301).
    let offersHTTP2: Bool

    /// The files' contents, in the order that ``context(_:)`` takes.
    func contents(from material: any ListenerMaterial) throws(MaterialProblem) -> [[UInt8]] {
        var contents = [try material.bytes(ofFile: files.certificateFile), try material.bytes(ofFile: files.keyFile)]
        if let authority = files.clientAuthorityFile { contents.append(try material.bytes(ofFile: authority)) }
        return contents
    }

    /// TLS 1.2 or newer, with the certificate and key; a client may show a certificate of the authority, if there is one.
    ///
    /// A client without certificate is let in, because the status paths are for everybody; a certificate that does not
    /// verify ends the handshake.
    func context(_ contents: [[UInt8]]) throws(MaterialProblem) -> NIOSSLContext {
        let chain = try Self.certificates(contents[0], files.certificateFile, called: "certificate")
        let key = try privateKey(contents[1])
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = offersHTTP2 ? ["h2", "http/1.1"] : ["http/1.1"]
        configuration.shutdownTimeout = .seconds(1)
        if let authority = files.clientAuthorityFile, contents.count > 2 {
            let authorities = try Self.certificates(contents[2], authority, called: "client_ca")
            configuration.certificateVerification = .optionalVerification
            configuration.trustRoots = .certificates(authorities)
            configuration.sendCANameList = true
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch NIOSSLError.failedToLoadPrivateKey {
            let message = "tls: key \(files.keyFile) does not belong to certificate \(files.certificateFile)"
            throw MaterialProblem(message: message)
        } catch {
            throw MaterialProblem(message: "tls: \(files.certificateFile) cannot be used: \(error)")
        }
    }

    private func privateKey(_ bytes: [UInt8]) throws(MaterialProblem) -> NIOSSLPrivateKey {
        do {
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
        } catch {
            let message = "tls: key \(files.keyFile) holds no private key in PEM that needs no passphrase"
            throw MaterialProblem(message: message)
        }
    }

    private static func certificates(
        _ bytes: [UInt8],
        _ path: String,
        called name: String
    ) throws(MaterialProblem) -> [NIOSSLCertificate] {
        let found = (try? NIOSSLCertificate.fromPEMBytes(bytes)) ?? []
        guard !found.isEmpty else { throw MaterialProblem(message: "tls: \(name) \(path) holds no certificate in PEM") }
        return found
    }
}
