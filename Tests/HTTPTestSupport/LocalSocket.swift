// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Stream sockets on 127.0.0.1 with ports from the kernel.
package enum LocalSocket {
    /// A bound socket and its port; listening when `backlog` is given.
    package static func bound(backlog: CInt?) -> (descriptor: CInt, port: UInt16) {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        precondition(descriptor >= 0, "no socket: errno \(errno)")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                precondition(bind(descriptor, generic, length) == 0, "cannot bind: errno \(errno)")
                if let backlog { precondition(listen(descriptor, backlog) == 0, "cannot listen: errno \(errno)") }
                precondition(getsockname(descriptor, generic, &length) == 0, "no name: errno \(errno)")
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
        return (descriptor, port)
    }

    /// A Unix socket that listens at `path`.
    package static func bound(path: String, backlog: CInt) -> CInt {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                let length = socklen_t(MemoryLayout<sockaddr_un>.size)
                precondition(bind(descriptor, generic, length) == 0, "cannot bind \(path): errno \(errno)")
            }
        }
        precondition(listen(descriptor, backlog) == 0, "cannot listen: errno \(errno)")
        return descriptor
    }

    /// Takes a connection, with the IPv4 address that it comes from, which is empty for any other.
    package static func accepted(by listener: CInt) -> (descriptor: CInt, peer: String) {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { accept(listener, $0, &length) }
        }
        guard descriptor >= 0, address.sin_family == sa_family_t(AF_INET) else { return (descriptor, "") }
        let bytes = withUnsafeBytes(of: address.sin_addr) { Array($0) }
        return (descriptor, bytes.map(String.init).joined(separator: "."))
    }

    /// Whether a port of 127.0.0.1 can be listened on.
    package static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// A socket with a connection to the port begun, not waited for.
    package static func connecting(to port: UInt16) -> CInt {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                _ = connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return descriptor
    }
}
