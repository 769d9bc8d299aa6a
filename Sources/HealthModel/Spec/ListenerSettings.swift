// SPDX-License-Identifier: Apache-2.0

/// One place where status is answered.
package struct ListenerSettings: Hashable, Sendable {
    /// Where it listens.
    package var address: ListenAddress
    /// The code of a degraded answer: 200, 429 or 503.
    package var degradedCode: Int
    /// Whether answers name targets and carry texts.
    package var detail: Detail
    /// Whether a listener on a TCP address takes the writing calls; one on a unix socket always does.
    package var isAdmin: Bool
    /// The files of TLS; nil = plain text.
    package var tls: ListenerTLS?
    /// Whether HTTP/2, and with it gRPC, is spoken besides HTTP/1.
    package var speaksHTTP2: Bool
    /// What everything but the status paths asks for; nil = no token opens it.
    package var token: Secret?
    /// The mode of a unix socket's file.
    package var socketMode: UInt32
    /// Whether the agent starts without it where it cannot be had; for the admin socket that nobody asked for.
    package var isOptional: Bool

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
        isAdmin: Bool = false,
        tls: ListenerTLS? = nil,
        speaksHTTP2: Bool = true,
        token: Secret? = nil,
        socketMode: UInt32 = 0o660,
        isOptional: Bool = false
    ) {
        self.address = address
        self.degradedCode = degradedCode
        self.detail = detail
        self.isAdmin = isAdmin
        self.tls = tls
        self.speaksHTTP2 = speaksHTTP2
        self.token = token
        self.socketMode = socketMode
        self.isOptional = isOptional
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
