// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime

/// A socket on loopback, on a port that the kernel chose; closed when it goes.
final class Listener {
    private let descriptor: CInt
    private let address: SocketAddress

    var port: UInt16 { address.port }

    /// Binds a numeric host, brackets allowed, and listens; a port without a backlog stays bound, and refuses.
    init(_ host: String, backlog: CInt? = 16) throws {
        let bare = host.filter { $0 != "[" && $0 != "]" }
        guard let wanted = SocketAddress(numeric: bare, port: 0) else { throw SystemError(code: EINVAL) }
        descriptor = socket(wanted.family, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError.last }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let descriptor = descriptor
        let bound = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { native -> SocketAddress? in
                guard wanted.withNative({ bind(descriptor, $0, $1) }) == 0 else { return nil }
                if let backlog, listen(descriptor, backlog) != 0 { return nil }
                guard getsockname(descriptor, native, &length) == 0 else { return nil }
                return SocketAddress(native: native)
            }
        }
        guard let bound else {
            let error = SystemError.last
            close(descriptor)
            throw error
        }
        address = bound
    }

    deinit {
        close(descriptor)
    }

    /// Whether a connection waits to be accepted.
    var hasConnection: Bool {
        var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&question, 1, 0) > 0
    }

    /// Connects until the backlog takes no more, and gives the descriptors to close.
    ///
    /// A backlog of 0 holds one established connection; Linux drops every further SYN.
    func fillBacklog() throws -> [CInt] {
        let kernel = try SystemKernel()
        return try (0..<8).map { _ in
            let descriptor = try kernel.openStream(for: address)
            _ = try kernel.connect(descriptor, to: address)
            return descriptor
        }
    }
}
