// SPDX-License-Identifier: Apache-2.0

/// A TCP address, a unix socket's path, or a socket that the service manager opened.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    case tcp(HostPort)
    case unix(path: String)
    /// A listening socket of the service manager (sd_listen_fds(3)): by its name, or the next one that is not taken by name.
    case inherited(name: String?)

    /// 127.0.0.1:9797, where the agent listens when nothing else is said.
    package static let loopback = ListenAddress.tcp(HostPort(ipv4: (127, 0, 0, 1), port: 9797))

    /// Whether only this machine can reach it: a unix socket, 127.0.0.0/8, ::1 or `localhost`.
    ///
    /// False for an inherited socket, whose real address is known only once it was looked at.
    package var isLocal: Bool {
        switch self {
        case .unix: true
        case .tcp(let address): address.host == "localhost" || address.host == "::1" || address.isIPv4Loopback
        case .inherited: false
        }
    }

    package var description: String {
        switch self {
        case .tcp(let address): address.description
        case .unix(let path): "unix:\(path)"
        case .inherited(nil): "systemd"
        case .inherited(let name?): "systemd:\(name)"
        }
    }

    /// Whether `name` can be the name of an inherited socket: 1 to 255 printable ASCII characters without colon
    /// (systemd.socket(5), FileDescriptorName).
    package static func isSocketName(_ name: some StringProtocol) -> Bool {
        (1...255).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }
    }
}
