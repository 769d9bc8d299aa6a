// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime

/// A socket on loopback that accepts connections, on a port that the kernel chose; closed when it goes.
final class ListeningSocket {
    private let descriptor: CInt
    let port: UInt16

    init(_ host: String) throws {
        guard let wanted = SocketAddress(numeric: host, port: 0) else { throw SystemError(code: EINVAL) }
        let descriptor = socket(wanted.family, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError.last }
        self.descriptor = descriptor
        guard wanted.withNative({ bind(descriptor, $0, $1) }) == 0, listen(descriptor, 16) == 0,
            let bound = Self.address({ getsockname(descriptor, $0, $1) })
        else { throw SystemError.last }
        port = bound.port
    }

    deinit {
        close(descriptor)
    }

    /// Takes a connection, for at most ten seconds.
    func accept() throws -> Peer {
        var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&question, 1, 10_000) == 1 else { throw SystemError(code: ETIMEDOUT) }
        var connection: CInt = -1
        let peer = Self.address { native, length in
            connection = Glibc.accept(descriptor, native, length)
            return connection
        }
        guard let peer else { throw SystemError.last }
        return Peer(descriptor: connection, port: peer.port)
    }

    private static func address(
        _ ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { native in
                ask(native, &length) >= 0 ? SocketAddress(native: native) : nil
            }
        }
    }

    /// The other end of a connection.
    final class Peer {
        private let descriptor: CInt
        /// Where the connection comes from.
        let port: UInt16

        init(descriptor: CInt, port: UInt16) {
            self.descriptor = descriptor
            self.port = port
        }

        deinit {
            close(descriptor)
        }

        /// Whether the connection is reset within ten seconds, whatever came before.
        func endsWithReset() -> Bool {
            var buffer = [UInt8](repeating: 0, count: 64)
            while true {
                var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&question, 1, 10_000) == 1 else { return false }
                let count = read(descriptor, &buffer, buffer.count)
                if count <= 0 { return count < 0 && errno == ECONNRESET }
            }
        }
    }
}
