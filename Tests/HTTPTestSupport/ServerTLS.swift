// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc

/// How a `ByteServer` speaks TLS: the certificate of the tests that it shows, and the newest version it speaks.
package final class ServerTLS: Sendable {
    /// The newest version that a server speaks.
    package enum Version: CInt, Sendable {
        case tls12 = 0x0303
        case tls13 = 0x0304
    }

    /// The address of the SSL_CTX.
    private let context: UInt

    /// - Parameters:
    ///   - certificate: the name of one of the fresh certificates.
    ///   - newest: the newest version that is spoken.
    package init(_ certificate: String = "chained", newest: Version = .tls13) {
        // OpenSSL writes to sockets without saying that it wants no signal.
        signal(SIGPIPE, SIG_IGN)
        let path = FreshCertificates.path(certificate)
        guard let context = SSL_CTX_new(TLS_server_method()),
            SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(newest.rawValue), nil) == 1,
            SSL_CTX_use_certificate_file(context, path + ".pem", SSL_FILETYPE_PEM) == 1,
            SSL_CTX_use_PrivateKey_file(context, path + ".key", SSL_FILETYPE_PEM) == 1
        else { preconditionFailure("no context for \(path)") }
        if access(path + ".chain", R_OK) == 0, let input = BIO_new_file(path + ".chain", "r") {
            while let intermediate = copenssl_read_certificate(input) {
                SSL_CTX_ctrl(context, SSL_CTRL_EXTRA_CHAIN_CERT, 0, UnsafeMutableRawPointer(intermediate))
            }
            BIO_free_all(input)
            ERR_clear_error()
        }
        self.context = UInt(bitPattern: context)
    }

    deinit { SSL_CTX_free(OpaquePointer(bitPattern: context)) }

    /// The server's side of a session on a connected socket; nil when there is no memory.
    func session(on connection: CInt) -> OpaquePointer? {
        guard let session = SSL_new(OpaquePointer(bitPattern: context)) else { return nil }
        SSL_set_fd(session, connection)
        SSL_set_accept_state(session)
        return session
    }
}

/// The server's side of one connection, plain or with TLS; every call blocks.
final class ServerWire {
    let connection: CInt
    private let session: OpaquePointer?

    init(_ connection: CInt, _ tls: ServerTLS?) {
        self.connection = connection
        session = tls?.session(on: connection)
    }

    deinit { SSL_free(session) }

    /// Does the handshake, where there is one; false when it failed.
    func open() -> Bool {
        guard let session else { return true }
        return SSL_do_handshake(session) == 1
    }

    /// Reads at most `count` bytes; 0 or less at the end.
    func read(_ buffer: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        guard let session else { return recv(connection, buffer, count, 0) }
        return Int(SSL_read(session, buffer, CInt(count)))
    }

    /// False when the peer has gone away.
    func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                let start = buffer.baseAddress.map { $0 + sent }
                guard let session else { return send(connection, start, bytes.count - sent, CInt(MSG_NOSIGNAL)) }
                return Int(SSL_write(session, start, CInt(bytes.count - sent)))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Sends bytes below TLS.
    func writeBelow(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) } == bytes.count
    }

    /// Changes the session's keys, and has the peer change its own; false when it has gone away.
    func renewKeys() -> Bool {
        guard let session, SSL_key_update(session, SSL_KEY_UPDATE_REQUESTED) == 1 else { return false }
        return SSL_do_handshake(session) == 1
    }

    /// Says that nothing follows, as TLS does.
    func sayFarewell() {
        if let session { SSL_shutdown(session) }
    }
}
