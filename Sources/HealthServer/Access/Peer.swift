// SPDX-License-Identifier: Apache-2.0

/// Who asks, as far as the connection says.
struct Peer: Hashable, Sendable {
    /// Where it is.
    let address: ClientAddress
    /// Whether it has shown a certificate of the listener's `client_ca`, and proved to hold its key.
    var isCertified = false
    /// Whether the last token that came over this connection was the listener's.
    var hasShownToken = false
}
