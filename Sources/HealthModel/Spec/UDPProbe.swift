// SPDX-License-Identifier: Apache-2.0

/// A datagram, and what must come back.
package struct UDPProbe: Hashable, Sendable {
    /// Where the datagram goes.
    package var address: HostPort
    /// What it says, in UTF-8; may be empty.
    package var send: String
    /// A regular expression that must occur in an answer.
    package var expect: String

    package init(address: HostPort, send: String, expect: String) {
        self.address = address
        self.send = send
        self.expect = expect
    }
}
