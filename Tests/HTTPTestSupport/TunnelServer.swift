// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A proxy for one connection: it takes a `CONNECT` and passes bytes on, to the same port of 127.0.0.1 whatever was asked for.
package final class TunnelServer: Sendable {
    package let port: UInt16
    private let listener: CInt
    private let target: UInt16
    private let state = Mutex((request: String?.none, isStopped: false))

    /// Listens, and leads to `target`.
    package init(to target: UInt16) {
        self.target = target
        (listener, port) = LocalSocket.bound(backlog: 16)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<TunnelServer>.fromOpaque(context).takeRetainedValue().serve()
                return nil
            },
            context
        )
        precondition(status == 0, "no thread: errno \(status)")
        pthread_detach(thread)
    }

    /// The request that asked for the tunnel; nil before.
    package var request: String? { state.withLock { $0.request } }

    /// Ends it.
    package func stop() {
        state.withLock { $0.isStopped = true }
        _ = shutdown(listener, CInt(SHUT_RDWR))
    }

    private func serve() {
        let client = accept(listener, nil, nil)
        defer { close(listener) }
        guard client >= 0 else { return }
        defer { close(client) }
        var request: [UInt8] = []
        var byte: UInt8 = 0
        while !request.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard recv(client, &byte, 1, 0) == 1 else { return }
            request.append(byte)
        }
        state.withLock { $0.request = String(decoding: request, as: UTF8.self) }
        let server = LocalSocket.connecting(to: target)
        defer { close(server) }
        var waiting = pollfd(fd: server, events: Int16(POLLOUT), revents: 0)
        guard poll(&waiting, 1, 10_000) == 1 else { return }
        let answer = Array("HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n".utf8)
        guard send(client, answer, answer.count, CInt(MSG_NOSIGNAL)) == answer.count else { return }
        pass(client, server)
    }

    private func pass(_ client: CInt, _ server: CInt) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while !state.withLock({ $0.isStopped }) {
            var both = [
                pollfd(fd: client, events: Int16(POLLIN), revents: 0),
                pollfd(fd: server, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&both, 2, 100) >= 0 else { return }
            for (from, to) in [(both[0], server), (both[1], client)] where from.revents != 0 {
                let count = recv(from.fd, &buffer, buffer.count, 0)
                guard count > 0, send(to, buffer, count, CInt(MSG_NOSIGNAL)) == count else { return }
            }
        }
    }
}
