// SPDX-License-Identifier: Apache-2.0

/// The address of the peer met last, kept as text because it seldom changes.
struct PeerText {
    /// Without the port; nil before the first connection.
    private(set) var ip: String?
    private var port = 0
    private var joined = ""

    /// `10.0.0.5:443` or `[::1]:443`.
    mutating func text(ip: String, port: Int) -> String {
        if self.ip != ip || self.port != port {
            self.ip = ip
            self.port = port
            joined = Self.joined(ip: ip, port: port)
        }
        return joined
    }

    /// `10.0.0.5:443` or `[::1]:443`, of a peer that is not kept.
    static func joined(ip: String, port: Int) -> String {
        ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
