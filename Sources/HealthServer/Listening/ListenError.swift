// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Why the server cannot listen where it should.
package struct ListenError: Error, Hashable, CustomStringConvertible {
    /// Where it should listen.
    package let address: ListenAddress
    /// What stands in the way: the system's text, or ours.
    package let reason: String
    /// The `errno` value, when the system said no.
    package let code: Int32?

    package init(address: ListenAddress, reason: String, code: Int32? = nil) {
        self.address = address
        self.reason = reason
        self.code = code
    }

    /// `cannot listen on 127.0.0.1:9797: Address already in use`.
    package var description: String { "cannot listen on \(address): \(reason)" }
}
