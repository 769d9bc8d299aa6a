// SPDX-License-Identifier: Apache-2.0

package import LinuxRuntime

/// Is told what becomes of a connection.
package protocol TCPConnectionObserver: AnyObject {
    /// The connection is open, or could not be opened; called on the loop, exactly once for each `open`, possibly before
    /// that returns, and not after `close`.
    ///
    /// The observer may close the connection, or open it again, from here.
    func opened(_ connection: TCPConnection, _ report: ConnectReport, on loop: isolated EventLoop)

    /// The open connection's descriptor is ready, edge-triggered; called on the loop until `close`.
    func ready(_ connection: TCPConnection, _ events: Readiness.Events, on loop: isolated EventLoop)
}
