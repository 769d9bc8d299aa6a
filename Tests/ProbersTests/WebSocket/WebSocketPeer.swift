// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTestSupport
import Synchronization

/// A server that takes one connection and does on it what it is told, right or wrong.
final class WebSocketPeer: Sendable {
    /// What it does next.
    enum Step: Sendable {
        /// Read the request and upgrade as it wants, with changes as in `UpgradeAnswer`.
        case upgrade([String: String] = [:], more: [String] = [])
        /// Read the request and answer this.
        case answer([UInt8])
        case send([UInt8])
        /// Send one byte at a time, each in a packet of its own.
        case drip([UInt8])
        /// Send this again and again until the peer goes away.
        case flood([UInt8])
        /// Wait for the client's next whole frame.
        case readFrame
        /// Send the payload of the frame read last, in a frame that begins with this byte.
        case echo(UInt8)
        /// Close our side at once.
        case end
        /// Reset the connection.
        case reset
    }

    let port: UInt16
    private let listener: CInt
    private let steps: [Step]
    private let bytes = Mutex<[UInt8]>([])
    private let done = Mutex(false)

    /// Plays `steps`, and then reads until the client goes away.
    init(_ steps: [Step]) {
        self.steps = steps
        (listener, port) = LocalSocket.bound(backlog: 16)
        var thread = pthread_t()
        let peer = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<WebSocketPeer>.fromOpaque(context).takeRetainedValue().run()
                return nil
            },
            peer.toOpaque()
        )
        precondition(status == 0, "no thread: errno \(status)")
        pthread_detach(thread)
    }

    /// What came after the request, once the client has gone; waits for that.
    func received() async -> [UInt8] {
        while !done.withLock({ $0 }) { await Task.yield() }
        return bytes.withLock { $0 }
    }

    /// The client's frames, once it has gone.
    func frames() async -> [ClientFrame]? { ClientFrame.all(in: await received()) }

    private func run() {
        let connection = accept(listener, nil, nil)
        close(listener)
        var enabled: CInt = 1
        setsockopt(connection, CInt(IPPROTO_TCP), TCP_NODELAY, &enabled, socklen_t(MemoryLayout<CInt>.size))
        var taken = 0
        var isOpen = true
        for step in steps where isOpen { isOpen = play(step, on: connection, &taken) }
        while isOpen { isOpen = read(from: connection) }
        close(connection)
        done.withLock { $0 = true }
    }

    private func play(_ step: Step, on connection: CInt, _ taken: inout Int) -> Bool {
        switch step {
        case .upgrade(let changes, let more):
            let accept = UpgradeAnswer.accept(for: readRequest(from: connection))
            return write(UpgradeAnswer.upgrade(accept: accept, changes, more: more), to: connection)
        case .answer(let bytes):
            _ = readRequest(from: connection)
            return write(bytes, to: connection)
        case .send(let bytes): return write(bytes, to: connection)
        case .drip(let bytes): return bytes.allSatisfy { write([$0], to: connection) }
        case .flood(let bytes):
            while write(bytes, to: connection) {}
            return false
        case .readFrame:
            let count = taken
            while (ClientFrame.all(in: bytes.withLock { $0 })?.count ?? 0) <= count {
                guard read(from: connection) else { return false }
            }
            taken += 1
            return true
        case .echo(let first):
            let frames = ClientFrame.all(in: bytes.withLock { $0 }) ?? []
            return write(ServerFrame.raw(first, frames[taken - 1].payload), to: connection)
        case .end: return shutdown(connection, CInt(SHUT_WR)) == 0
        case .reset:
            var linger = linger(l_onoff: 1, l_linger: 0)
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
            return false
        }
    }

    private func readRequest(from connection: CInt) -> [UInt8] {
        var request: [UInt8] = []
        var byte: UInt8 = 0
        while !request.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard recv(connection, &byte, 1, 0) == 1 else { break }
            request.append(byte)
        }
        return request
    }

    /// False when the client has gone.
    private func read(from connection: CInt) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        bytes.withLock { $0 += buffer[..<count] }
        return true
    }

    private func write(_ bytes: [UInt8], to connection: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
