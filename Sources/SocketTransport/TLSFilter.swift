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

    /// The same, where the bytes are put into somebody else's memory.
    enum Step {
        case established
        /// So many deciphered bytes, at least one.
        case bytes(Int)
        case wantsMore
        case closed
        case failed(Failure)
    }

    /// What is seen of the handshake.
    let record: HandshakeRecord
    /// Where ciphered bytes come from and go to.
    let pipe: TLSPipe
    private let session: OpaquePointer
    private let context: TLSContext
    /// The session that the server was asked to resume.
    private let offered: SessionTicket?
    private let startedAt: MonotonicInstant
    /// Whether the handshake is done.
    private(set) var isEstablished = false

    /// Most bytes of one record (RFC 8446 section 5.1).
    private static let chunkSize = 16_384

    /// Makes a session that names, and checks, the server at `host`; the first `next` starts the handshake.
    ///
    /// - Parameters:
    ///   - context: how TLS is done.
    ///   - host: the server, unless the context's settings name another.
    ///   - offer: the application protocols that are offered; nil offers none.
    ///   - pipe: where ciphered bytes come from and go to; one of its own by default.
    ///   - ticket: what an earlier connection to the same server has left; nil has nothing resumed.
    ///   - now: the present.
    /// - Throws: what our side lacks.
    init(
        _ context: TLSContext,
        host: String,
        offering offer: ProtocolOffer? = nil,
        through pipe: TLSPipe = TLSPipe(),
        resuming ticket: SessionTicket? = nil,
        at now: MonotonicInstant
    ) throws(TLSSetupProblem) {
        guard let (session, record) = unsafe context.makeSession(to: host, offering: offer) else {
            throw TLSSetupProblem(text: "no TLS session: \(OpenSSLError.takeLast()?.text ?? "no memory")")
        }
        unsafe pipe.connect(session)
        unsafe self.session = session
        self.context = context
        startedAt = now
        offered = ticket.flatMap { $0.isGood(for: context, at: now) ? $0 : nil }
        unsafe offered?.offer(on: session)
        self.record = record
        self.pipe = pipe
    }

    deinit {
        // unsafe: our own count.
        unsafe SSL_free(session)
    }

    /// Whether the server chose the application protocol of that name.
    func hasChosen(_ name: StaticString) -> Bool {
        var start: UnsafePointer<UInt8>?
        var count: CUnsignedInt = 0
        unsafe SSL_get0_alpn_selected(session, &start, &count)
        // unsafe: the bytes belong to the session.
        return unsafe UnsafeBufferPointer(start: start, count: Int(count))
            .elementsEqual(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// What the next connection to the server may resume; nil when nothing, also because this one was not agreed on.
    ///
    /// To be asked for at the connection's end: in TLS 1.3 a server sends it after the handshake.
    func ticket() -> SessionTicket? {
        guard isEstablished, context.resumption > .zero else { return nil }
        unsafe copenssl_pretend_farewell(session)
        guard let left = unsafe SSL_get1_session(session) else { return nil }
        guard unsafe SSL_SESSION_is_resumable(left) == 1, let facts = record.facts else {
            // unsafe: our own count.
            unsafe SSL_SESSION_free(left)
            return nil
        }
        let provenAt = record.isResumed ? offered?.provenAt : nil
        return unsafe SessionTicket(owning: left, of: context, facts: facts, provenAt: provenAt ?? startedAt)
    }

    /// Takes what came from the peer, after all that came before was worked on.
    func receive(_ bytes: [UInt8]) {
        precondition(pipe.unread.isEmpty, "\(bytes.count) bytes come before \(pipe.unread.count) were worked on")
        pipe.input = bytes
        pipe.unread = bytes.indices
    }

    /// Works on what came so far, up to the next thing to tell; there may be something to send afterwards.
    func next() -> Event {
        guard isEstablished else {
            switch shakeHands() {
            case .established: return .established
            case .bytes, .wantsMore: return .wantsMore
            case .closed: return .closed
            case .failed(let failure): return .failed(failure)
            }
        }
        var step = Step.wantsMore
        // unsafe: at most as many bytes as the array holds are written, and exactly those are kept.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
            unsafe step = decipher(into: UnsafeMutableRawBufferPointer(buffer))
            if case .bytes(let written) = step { count = written }
        }
        return switch step {
        case .bytes: .bytes(bytes)
        case .established, .wantsMore: .wantsMore
        case .closed: .closed
        case .failed(let failure): .failed(failure)
        }
    }

    /// The same as `next`, with deciphered bytes put into `buffer` from its beginning.
    func next(into buffer: inout [UInt8]) -> Step {
        guard isEstablished else { return shakeHands() }
        // unsafe: at most as many bytes as the array holds are written.
        return unsafe buffer.withUnsafeMutableBytes { unsafe decipher(into: $0) }
    }

    /// Enciphers bytes after the handshake; they are to be sent then.
    func encipher(_ bytes: [UInt8]) {
        precondition(isEstablished, "\(bytes.count) bytes are enciphered before the handshake is done")
        ERR_clear_error()
        // unsafe: the bytes are read during the call. The pipe takes all of them at once, or the session is broken, which the
        // next read tells.
        _ = unsafe bytes.withUnsafeBytes { unsafe SSL_write(session, $0.baseAddress, CInt($0.count)) }
    }

    /// Takes what is to be sent to the peer; empty when nothing is.
    func takeOutput() -> [UInt8] {
        let output = pipe.output
        if !output.isEmpty { pipe.clearOutput() }
        return output
    }

    private func shakeHands() -> Step {
        ERR_clear_error()
        let result = unsafe SSL_do_handshake(session)
        guard result == 1 else { return step(after: result) }
        isEstablished = true
        if let offered, unsafe copenssl_was_resumed(session) == 1 { record.resume(offered) }
        return .established
    }

    private func decipher(into buffer: UnsafeMutableRawBufferPointer) -> Step {
        ERR_clear_error()
        // unsafe: at most as many bytes as there is room for are written.
        let result = unsafe SSL_read(session, buffer.baseAddress, CInt(clamping: buffer.count))
        return result > 0 ? .bytes(Int(result)) : step(after: result)
    }

    private func step(after result: CInt) -> Step {
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
