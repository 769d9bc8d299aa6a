// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxRuntime
import Synchronization

/// Takes connections to a port of this machine and answers each like a simple HTTP server, on one thread, until it is stopped.
final class AnsweringServer: Sendable {
    let port: UInt16
    private let listener: CInt
    private let hasEnded = Mutex(false)

    /// - Throws: when there is no thread for it.
    init() throws {
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let bound = bind(listener, address, size) == 0 && listen(listener, 4_096) == 0
                return bound && getsockname(listener, address, &size) == 0
            }
        }
        precondition(status, "cannot listen: errno \(errno)")
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        try DetachedThread.start(named: "server") { [self] in serve() }
    }

    /// Refuses from now on; nothing of it is left when this returns.
    func stop() {
        shutdown(listener, CInt(SHUT_RDWR))
        while !hasEnded.withLock({ $0 }) { sched_yield() }
    }

    private func serve() {
        let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n".utf8)
        var request = [UInt8](repeating: 0, count: 4_096)
        while true {
            let connection = accept(listener, nil, nil)
            if connection < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                break
            }
            // A probe of TCP says nothing and goes away; one of HTTP has sent its request with the handshake or right after.
            if recv(connection, &request, request.count, 0) > 0 {
                _ = send(connection, answer, answer.count, CInt(MSG_NOSIGNAL))
            }
            close(connection)
        }
        close(listener)
        hasEnded.withLock { $0 = true }
    }
}
