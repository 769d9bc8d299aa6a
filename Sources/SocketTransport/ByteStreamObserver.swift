// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime

/// Is told what happens on a byte stream; always on the loop, and never after `close`.
///
/// The observer may write to the stream, close it, or open it again from each of these.
package protocol ByteStreamObserver: AnyObject {
    /// Connecting has ended, exactly once for each `open`, possibly before that returns.
    ///
    /// With a failure in the report there is no connection and nothing follows.
    func streamOpened(_ stream: ByteStream, _ report: ConnectReport, on loop: isolated EventLoop)

    /// Bytes came, at least one, in the order in which the peer sent them; deciphered when TLS is on.
    func received(_ bytes: [UInt8], from stream: ByteStream, on loop: isolated EventLoop)

    /// The TLS handshake that was started is done: now the stream may be written to.
    func streamSecured(_ stream: ByteStream, on loop: isolated EventLoop)

    /// The kernel has taken all that was written, after some of it had to wait.
    func streamDrained(_ stream: ByteStream, on loop: isolated EventLoop)

    /// Nothing comes any more and nothing can be sent: the stream is closed when this is called, once at most.
    ///
    /// All that arrived before was handed out.
    func streamEnded(_ stream: ByteStream, _ end: StreamEnd, on loop: isolated EventLoop)
}

extension ByteStreamObserver {
    /// Nothing, for those who start no TLS.
    package func streamSecured(_ stream: ByteStream, on loop: isolated EventLoop) {}

    /// Nothing, for those who do not wait for it.
    package func streamDrained(_ stream: ByteStream, on loop: isolated EventLoop) {}
}

/// How a byte stream ended, when the peer or the network ended it.
package enum StreamEnd: Hashable, Sendable {
    /// The peer closed its side in order.
    case closed
    /// The connection broke: ECONNRESET when the peer reset it.
    case failed(SystemError)
    /// TLS failed: the handshake, or later a record that is none.
    case insecure(Failure)
}
