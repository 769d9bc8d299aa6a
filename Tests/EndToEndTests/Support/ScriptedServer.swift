// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A TCP server on loopback whose every connection runs a script of bytes on a thread of its own.
final class ScriptedServer: Sendable {
    let port: UInt16
    private let listener: CInt
    private let accepted = Counter()

    /// Listens, on a port from the kernel when `port` is 0, and runs `script` for each connection until it returns.
    init(address: String = "127.0.0.1", port: UInt16 = 0, _ script: @escaping @Sendable (Connection) -> Void) {
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        let isBound = Port.bind(listener, to: port, at: address)
        precondition(isBound && listen(listener, 1_024) == 0, "cannot listen on \(port): errno \(errno)")
        self.port = Self.boundPort(of: listener)
        let listener = listener
        Thread.start { [accepted] in
            while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
                accepted.increment()
                Thread.start {
                    script(Connection(descriptor: descriptor))
                    close(descriptor)
                }
            }
            close(listener)
        }
    }

    deinit {
        stop()
    }

    /// How many connections were accepted.
    var connections: Int { accepted.value }

    /// Refuses connections from now on; those under way go on.
    func stop() {
        shutdown(listener, CInt(SHUT_RDWR))
    }

    private static func boundPort(of descriptor: CInt) -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// Counts from several threads.
private final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .relaxed) }

    func increment() {
        count.add(1, ordering: .relaxed)
    }
}

/// One accepted connection.
struct Connection {
    let descriptor: CInt

    /// Reads up to the end of a request's header; empty when the peer closed.
    @discardableResult
    func readRequest() -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]), read(descriptor, &byte, 1) == 1 { bytes.append(byte) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Sends all of `text`; false when the peer is gone.
    @discardableResult
    func write(_ text: String) -> Bool {
        send(descriptor, text, text.utf8.count, CInt(MSG_NOSIGNAL)) == text.utf8.count
    }

    /// Waits until the peer closes, or one second passes when `text` is to be sent every second; never for ever.
    func hold(sendingEverySecond text: String? = nil) {
        let end = Deadline(.seconds(120))
        var byte: UInt8 = 0
        while !end.hasPassed {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&waiting, 1, 1_000) > 0, read(descriptor, &byte, 1) <= 0 { return }
            if let text, !write(text) { return }
        }
    }

    /// Makes the close that follows a reset.
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }
}

/// A detached thread.
enum Thread {
    static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Body(body))
        let status = pthread_create(
            &thread,
            nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            },
            box.toOpaque()
        )
        precondition(status == 0, "no thread: errno \(status)")
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
