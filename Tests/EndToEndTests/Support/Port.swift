// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Free TCP ports for servers that a test restarts on the same port.
///
/// Below 32768, where the kernel gives no outgoing connection its port meanwhile.
enum Port {
    static func free() -> UInt16 {
        while true {
            let port = UInt16.random(in: 20_000..<32_000)
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            if bind(descriptor, to: port) { return port }
        }
    }

    /// Binds a socket to 127.0.0.1:`port`; false when it is taken.
    static func bind(_ descriptor: CInt, to port: UInt16) -> Bool {
        var on: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
        var address = loopback(port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
