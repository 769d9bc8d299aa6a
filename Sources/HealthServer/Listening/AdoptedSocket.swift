// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import NIOCore

/// A listening stream socket that somebody else opened, looked at and made ready for the event loop.
///
/// Every `unsafe` below lets the kernel write into a local value, or read from one, within the call.
struct AdoptedSocket {
    /// The socket; whoever takes it over closes it.
    let descriptor: CInt
    /// The address it really listens on.
    let address: ListenAddress

    /// Checks `descriptor`, and makes it close-on-exec and non-blocking.
    ///
    /// - Throws: what it is instead of a listening stream socket.
    init(_ descriptor: CInt, as asked: ListenAddress) throws(ListenError) {
        func failure(_ reason: String) -> ListenError {
            ListenError(address: asked, reason: "descriptor \(descriptor) \(reason)")
        }
        guard let type = Self.option(SO_TYPE, of: descriptor) else {
            let reason = errno == ENOTSOCK ? "is not a socket" : "cannot be used: \(SystemError.last.text)"
            throw ListenError(address: asked, reason: "descriptor \(descriptor) \(reason)", code: errno)
        }
        guard type == Int32(SOCK_STREAM.rawValue) else { throw failure("is not a stream socket") }
        guard Self.option(SO_ACCEPTCONN, of: descriptor) == 1 else { throw failure("does not listen") }
        guard let address = Self.localAddress(of: descriptor) else {
            throw failure("listens neither on an IP address nor on a path")
        }
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw failure("cannot be used: \(SystemError.last.text)") }
        self.descriptor = descriptor
        self.address = address
    }

    private static func option(_ name: CInt, of descriptor: CInt) -> CInt? {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }

    private static func localAddress(of descriptor: CInt) -> ListenAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        guard status == 0 else { return nil }
        switch CInt(storage.ss_family) {
        case AF_INET, AF_INET6: return Self.tcp(storage)
        case AF_UNIX: return Self.path(storage, length).map { .unix(path: $0) }
        default: return nil
        }
    }

    private static func tcp(_ storage: sockaddr_storage) -> ListenAddress? {
        let isIPv4 = CInt(storage.ss_family) == AF_INET
        let address = unsafe withUnsafePointer(to: storage) { pointer in
            isIPv4
                ? unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { SocketAddress(unsafe $0.pointee) }
                : unsafe pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { SocketAddress(unsafe $0.pointee) }
        }
        guard let host = address.ipAddress, let port = address.port else { return nil }
        // A scope (`fe80::1%eth0`) is no part of what we show.
        let plain = host.prefix { $0 != "%" }
        return (try? HostPort(isIPv4 ? "\(plain):\(port)" : "[\(plain)]:\(port)")).map { .tcp($0) }
    }

    /// The path, or `@` and the name of an abstract socket, which has none.
    private static func path(_ storage: sockaddr_storage, _ length: socklen_t) -> String? {
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let bytes = unsafe withUnsafeBytes(of: storage) { unsafe Array($0[offset..<max(offset, Int(length))]) }
        guard let first = bytes.first else { return nil }
        let name = first == 0 ? Array("@".utf8) + bytes.dropFirst() : Array(bytes.prefix { $0 != 0 })
        return String(decoding: name, as: UTF8.self)
    }
}
