// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A TCP server that plays scripts byte by byte, a thread per connection.
package final class ByteServer: Sendable {
    /// What a connection does next.
    package enum Step: Sendable {
        /// Read up to the empty line that ends a request's fields.
        case readRequest
        /// Read so many bytes more.
        case readBody(Int)
        case send(String)
        case sendBytes([UInt8])
        /// Send one byte every so many milliseconds.
        case drip(String, everyMilliseconds: CInt)
        /// Send the text again and again until the peer goes away.
        case flood(String)
        /// Read the ClientHello or whatever comes first.
        case readSomething
        /// Say nothing until the peer goes away.
        case silence
        /// Close with a reset instead of a FIN.
        case reset
        /// Close without TLS's farewell.
        case cut
        /// Send bytes below TLS.
        case sendBelow([UInt8])
        /// Have TLS's keys changed so many times.
        case renewKeys(Int)
    }

    package let port: UInt16
    private let listener: CInt
    private let scripts: [[Step]]
    private let tls: ServerTLS?
    /// The file of a Unix socket, which is removed when the server stops.
    private let path: String?
    private let state = Mutex(State())

    private struct State {
        var connections: [CInt] = []
        var accepted = 0
        var requests: [String] = []
        var peers: [String] = []
        /// Nil after the server was stopped.
        var acceptor: pthread_t?
        /// Threads of connections, which are joined when the server stops.
        var players: [pthread_t] = []
        var isStopped = false
    }

    /// Plays the first script on the first connection and so on; the last one again and again.
    ///
    /// A connection is closed when its script has ended, with TLS's farewell where there is TLS.
    package convenience init(_ scripts: [[Step]], tls: ServerTLS? = nil) {
        self.init(scripts, tls: tls, on: LocalSocket.bound(backlog: 1_024), path: nil)
    }

    /// Listens on a Unix socket; with `keepsFile` its file stays when the server stops.
    package convenience init(unixSocket path: String, keepsFile: Bool = false, _ scripts: [[Step]]) {
        self.init(scripts, tls: nil, on: (LocalSocket.bound(path: path, backlog: 16), 0), path: keepsFile ? nil : path)
    }

    private init(
        _ scripts: [[Step]],
        tls: ServerTLS?,
        on listener: (descriptor: CInt, port: UInt16),
        path: String?
    ) {
        self.scripts = scripts
        self.tls = tls
        self.path = path
        (self.listener, port) = listener
        let server = Unmanaged.passRetained(self)
        let acceptor = Self.startThread(server.toOpaque()) { context in
            guard let context else { return nil }
            Unmanaged<ByteServer>.fromOpaque(context).takeRetainedValue().acceptConnections()
            return nil
        }
        state.withLock { $0.acceptor = acceptor }
    }

    /// Plays the same script on every connection.
    package convenience init(_ steps: Step..., tls: ServerTLS? = nil) {
        self.init([steps], tls: tls)
    }

    /// An answer with the body and its length.
    package static func answer(_ body: String, status: String = "200 OK", fields: String = "") -> Step {
        .send("HTTP/1.1 \(status)\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    /// How many connections were accepted so far.
    package var accepted: Int { state.withLock { $0.accepted } }

    /// The heads of the requests read so far.
    package var requests: [String] { state.withLock { $0.requests } }

    /// The addresses that connections came from, without ports.
    package var peers: [String] { state.withLock { $0.peers } }

    /// Ends every connection and the listener, and waits for the threads that serve them.
    ///
    /// A thread that outlived its test might still be within OpenSSL when the process ends, which takes OpenSSL down under it.
    package func stop() {
        let acceptor = state.withLock { state in
            state.isStopped = true
            for connection in state.connections { _ = shutdown(connection, CInt(SHUT_RDWR)) }
            defer { state.acceptor = nil }
            return state.acceptor
        }
        guard let acceptor else { return }
        _ = shutdown(listener, CInt(SHUT_RDWR))
        if let path { unlink(path) }
        pthread_join(acceptor, nil)
        close(listener)
        for player in state.withLock(\.players) { pthread_join(player, nil) }
    }

    private func acceptConnections() {
        while true {
            let (connection, peer) = LocalSocket.accepted(by: listener)
            guard connection >= 0 else { break }
            let number = state.withLock { state in
                state.connections.append(connection)
                if state.isStopped { _ = shutdown(connection, CInt(SHUT_RDWR)) }
                state.accepted += 1
                state.peers.append(peer)
                return state.accepted - 1
            }
            let wire = ServerWire(connection, tls)
            let play = Play(server: self, wire: wire, steps: scripts[min(number, scripts.count - 1)])
            let player = Self.startThread(Unmanaged.passRetained(play).toOpaque()) { context in
                guard let context else { return nil }
                Unmanaged<Play>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }
            state.withLock { $0.players.append(player) }
        }
    }

    fileprivate func read(_ request: String) {
        state.withLock { $0.requests.append(request) }
    }

    fileprivate func finished(_ connection: CInt) {
        state.withLock { state in
            state.connections.removeAll { $0 == connection }
            _ = close(connection)
        }
    }

    private static func startThread(
        _ context: UnsafeMutableRawPointer,
        _ body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
    ) -> pthread_t {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 128 * 1_024)
        var thread = pthread_t()
        let status = pthread_create(&thread, &attributes, body, context)
        precondition(status == 0, "no thread: errno \(status)")
        return thread
    }
}

/// One connection playing its script.
private final class Play {
    let server: ByteServer
    let wire: ServerWire
    let steps: [ByteServer.Step]

    init(server: ByteServer, wire: ServerWire, steps: [ByteServer.Step]) {
        self.server = server
        self.wire = wire
        self.steps = steps
    }

    func run() {
        if wire.open(), steps.allSatisfy({ play($0) }) { wire.sayFarewell() }
        server.finished(wire.connection)
    }

    /// False when the peer has gone away.
    private func play(_ step: ByteServer.Step) -> Bool {
        switch step {
        case .readRequest: return readRequest()
        case .readBody(let count): return readBody(count)
        case .send(let text): return wire.write(Array(text.utf8))
        case .sendBytes(let bytes): return wire.write(bytes)
        case .drip(let text, let milliseconds):
            return text.utf8.allSatisfy { wire.write([$0]) && !peerGoes(within: milliseconds) }
        case .flood(let text):
            let bytes = Array(text.utf8)
            while wire.write(bytes) {}
            return false
        case .readSomething:
            var buffer = [UInt8](repeating: 0, count: 4_096)
            return wire.read(&buffer, buffer.count) > 0
        case .silence:
            while !peerGoes(within: -1) {}
            return false
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(wire.connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
            return false
        case .cut: return false
        case .sendBelow(let bytes): return wire.writeBelow(bytes)
        case .renewKeys(let times): return (0..<times).allSatisfy { _ in wire.renewKeys() }
        }
    }

    private func readRequest() -> Bool {
        var request: [UInt8] = []
        var byte: UInt8 = 0
        while !request.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard wire.read(&byte, 1) == 1 else { return false }
            request.append(byte)
        }
        server.read(String(decoding: request, as: UTF8.self))
        return true
    }

    private func readBody(_ count: Int) -> Bool {
        var left = count
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while left > 0 {
            let taken = wire.read(&buffer, min(left, buffer.count))
            guard taken > 0 else { return false }
            left -= taken
        }
        return true
    }

    /// Waits so long for the peer to close; drops what it sends.
    private func peerGoes(within milliseconds: CInt) -> Bool {
        var request = pollfd(fd: wire.connection, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, milliseconds) == 1 else { return false }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        return wire.read(&buffer, buffer.count) <= 0
    }
}
