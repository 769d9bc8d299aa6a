// SPDX-License-Identifier: Apache-2.0

/// One place where status is answered.
package struct ListenerSettings: Hashable, Sendable {
    /// Where it listens.
    package var address: ListenAddress
    /// The code of a degraded answer: 200, 429 or 503.
    package var degradedCode: Int
    /// Whether answers name targets and carry texts.
    package var detail: Detail
    /// Whether a listener on a loopback address takes the writing calls; one on a unix socket always does.
    package var isAdmin: Bool

    /// Whether answers name targets and carry texts.
    package enum Detail: String, CaseIterable, Hashable, Sendable {
        /// Only on loopback addresses and unix sockets. The default.
        case auto
        case on = "true"
        case off = "false"
    }

    package init(
        address: ListenAddress = .loopback,
        degradedCode: Int = 200,
        detail: Detail = .auto,
        isAdmin: Bool = false
    ) {
        self.address = address
        self.degradedCode = degradedCode
        self.detail = detail
        self.isAdmin = isAdmin
    }

    /// Whether answers on this listener name targets and carry texts, `auto` decided.
    package var showsDetail: Bool {
        switch detail {
        case .auto: address.isLocal
        case .on: true
        case .off: false
        }
    }
}

/// A TCP address or a unix socket's path.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    case tcp(HostPort)
    case unix(path: String)

    /// 127.0.0.1:9797, where the agent listens when nothing else is said.
    package static let loopback = ListenAddress.tcp(HostPort(ipv4: (127, 0, 0, 1), port: 9797))

    /// Whether only this machine can reach it: a unix socket, 127.0.0.0/8, ::1 or `localhost`.
    package var isLocal: Bool {
        switch self {
        case .unix: true
        case .tcp(let address):
            address.host == "localhost" || address.host == "::1" || address.isIPv4Loopback
        }
    }

    package var description: String {
        switch self {
        case .tcp(let address): address.description
        case .unix(let path): "unix:\(path)"
        }
    }
}
