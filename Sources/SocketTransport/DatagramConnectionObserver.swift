// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Is told what becomes of an exchange of datagrams; always on the loop, never after `close`.
///
/// The observer may close the connection, or open it again, from any of these.
package protocol DatagramConnectionObserver: AnyObject {
    /// Datagrams can be sent now: to the first address, or to the next one after an earlier one had an error, when everything
    /// is to be sent again.
    func opened(_ connection: DatagramConnection, on loop: isolated EventLoop)

    /// A datagram came from the address in use.
    func received(_ connection: DatagramConnection, _ datagram: [UInt8], on loop: isolated EventLoop)

    /// No address is left that could answer; the connection is closed already.
    func failed(_ connection: DatagramConnection, _ failure: Failure, layer: Layer, on loop: isolated EventLoop)

    /// The deadline has come, and nothing more has; the connection is closed already.
    ///
    /// `shortfall` is how much of the peer's time our own slowness took, when that is so much that silence proves nothing; nil
    /// otherwise.
    func timedOut(_ connection: DatagramConnection, shortfall: Duration?, on loop: isolated EventLoop)
}
