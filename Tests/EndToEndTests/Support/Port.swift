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

    /// Binds a socket to `port` of a loopback address; false when it is taken.
    static func bind(_ descriptor: CInt, to port: UInt16, at host: String = "127.0.0.1") -> Bool {
        var on: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
        var address = loopback(port, at: host)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    static func loopback(_ port: UInt16, at host: String = "127.0.0.1") -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let isAddress = inet_pton(AF_INET, host, &address.sin_addr) == 1
        precondition(isAddress, "\(host) is not an IPv4 address")
        return address
    }
}
