// SPDX-License-Identifier: Apache-2.0

/// A TCP connection that must be accepted.
package struct TCPProbe: Hashable, Sendable {
    /// Where to connect.
    package var address: HostPort

    package init(address: HostPort) {
        self.address = address
    }
}
