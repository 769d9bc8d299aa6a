// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import HealthModel
import TransportSecurity

/// The client's side of one TLS connection between memory and memory: who uses it moves the bytes.
///
/// So TLS runs over any stream that the kernel seam carries, and no call of OpenSSL reaches a socket.
@safe
final class TLSFilter {
    /// What the session has to say, one thing at a time.
    enum Event {
        /// The handshake is done; once.
        case established
        /// Deciphered bytes, at least one.
        case bytes([UInt8])
        /// Nothing until more comes from the peer.
        case wantsMore
        /// The peer has ended the session in order.
        case closed
        case failed(Failure)
    }

    /// What is seen of the handshake.
    let record: HandshakeRecord
    private let session: OpaquePointer
    /// What came from the peer; owned by the session.
    private let input: OpaquePointer
    /// What goes to the peer; owned by the session.
    private let output: OpaquePointer
    /// Whether the handshake is done.
    private(set) var isEstablished = false

    private static let chunkSize = 16_384

    /// Makes a session that names, and checks, the server at `host`; the first `next` starts the handshake.
    ///
    /// - Throws: what our side lacks.
    init(_ context: TLSContext, host: String) throws(TLSSetupProblem) {
        guard let (session, record) = unsafe context.makeSession(to: host) else {
            throw TLSSetupProblem(text: "no TLS session: \(OpenSSLError.takeLast()?.text ?? "no memory")")
        }
        guard let input = unsafe BIO_new(BIO_s_mem()) else {
            // unsafe: nobody else knows the session.
            unsafe SSL_free(session)
            throw TLSSetupProblem(text: "no TLS session: no memory")
        }
        guard let output = unsafe BIO_new(BIO_s_mem()) else {
            // unsafe: nobody else knows either.
            unsafe BIO_free_all(input)
            unsafe SSL_free(session)
            throw TLSSetupProblem(text: "no TLS session: no memory")
        }
        // unsafe: the session takes both over.
        unsafe SSL_set_bio(session, input, output)
        unsafe (self.session, self.input, self.output) = (session, input, output)
        self.record = record
    }

    deinit {
        // unsafe: our own count; frees both memories, too.
        unsafe SSL_free(session)
    }

    /// Takes what came from the peer.
    func receive(_ bytes: [UInt8]) {
        // unsafe: the bytes are copied. A memory that cannot grow shows as a handshake or a record that ends too early.
        _ = unsafe bytes.withUnsafeBytes { unsafe BIO_write(input, $0.baseAddress, CInt($0.count)) }
    }

    /// Works on what came so far, up to the next thing to tell; there may be something to send afterwards.
    func next() -> Event {
        ERR_clear_error()
        guard isEstablished else {
            let result = unsafe SSL_do_handshake(session)
            guard result != 1 else {
                isEstablished = true
                return .established
            }
            return event(after: result)
        }
        var result: CInt = 0
        // unsafe: at most as many bytes as the array holds are written, and exactly those are kept.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
            unsafe result = SSL_read(session, buffer.baseAddress, CInt(Self.chunkSize))
            count = max(0, Int(result))
        }
        return result > 0 ? .bytes(bytes) : event(after: result)
    }

    /// Enciphers bytes after the handshake; they are to be sent then.
    func encipher(_ bytes: [UInt8]) {
        precondition(isEstablished, "\(bytes.count) bytes are enciphered before the handshake is done")
        ERR_clear_error()
        // unsafe: the bytes are read during the call. The memory takes all of them at once, or the session is broken, which
        // the next read tells.
        _ = unsafe bytes.withUnsafeBytes { unsafe SSL_write(session, $0.baseAddress, CInt($0.count)) }
    }

    /// Takes what is to be sent to the peer; empty when nothing is.
    func takeOutput() -> [UInt8] {
        let pending = unsafe Int(BIO_ctrl_pending(output))
        guard pending > 0 else { return [] }
        // unsafe: at most `pending` bytes are written, and exactly those are kept.
        return unsafe [UInt8](unsafeUninitializedCapacity: pending) { buffer, count in
            count = max(0, Int(unsafe BIO_read(output, buffer.baseAddress, CInt(pending))))
        }
    }

    private func event(after result: CInt) -> Event {
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
            return .wantsMore
        case SSL_ERROR_ZERO_RETURN:
            return .closed
        default:
            let error = OpenSSLError.takeFirst()
            // In TLS 1.3 the server refuses our certificate, or its lack, only after our side of the handshake is done.
            if !isEstablished || record.alert != nil, let failure = record.failure(error) { return .failed(failure) }
            return .failed(Failure(.protocolError, "TLS broke: \(error?.text ?? "no reason given")"))
        }
    }
}
