// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc
import HTTPTestSupport
import HealthModel
import TransportSecurity

/// A TLS client that blocks, to try contexts of our own against a real server.
struct BlockingClient {
    /// What came of a handshake and, when it passed, of one request.
    struct Result {
        var facts: TLSFacts?
        /// Why it failed; nil when an answer came.
        var failure: Failure?
        var answer = ""
    }

    static func connect(
        to port: UInt16,
        _ profile: TLSProfile,
        host: String = "127.0.0.1"
    ) throws(TLSSetupProblem) -> Result {
        let context = try profile.context()
        guard let (session, record) = context.makeSession(to: host) else { preconditionFailure("no memory") }
        let socket = LocalSocket.connecting(to: port)
        _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) & ~O_NONBLOCK)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var ready = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, 20_000)
        defer {
            SSL_free(session)
            close(socket)
        }
        ERR_clear_error()
        SSL_set_fd(session, socket)
        guard SSL_connect(session) == 1 else {
            return Result(facts: record.facts, failure: record.failure(OpenSSLError.takeFirst()))
        }
        let request = "GET / HTTP/1.0\r\n\r\n"
        SSL_write(session, request, CInt(request.utf8.count))
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = SSL_read(session, &buffer, CInt(buffer.count))
        guard count > 0 else {
            return Result(facts: record.facts, failure: record.failure(OpenSSLError.takeFirst()))
        }
        return Result(facts: record.facts, answer: String(decoding: buffer.prefix(Int(count)), as: UTF8.self))
    }
}
