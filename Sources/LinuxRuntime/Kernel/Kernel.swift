// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// What the agent asks of the operating system: time, readiness and sockets.
///
/// The seam that makes a whole agent run in a test: `SystemKernel` is Linux, a simulated kernel is a script with virtual time.
/// All calls but `now`, `wallTime` and `wake()` come from the loop's thread. None blocks but `wait`.
package protocol Kernel: Sendable {
    /// The monotonic clock, suspend included.
    var now: MonotonicInstant { get }

    /// The calendar, for output only.
    var wallTime: WallTime { get }

    /// Waits until a watched descriptor is ready, `wake()` is called, or `timeout` has passed (nil = for ever).
    ///
    /// May return early and empty.
    ///
    /// - Parameters:
    ///   - timeout: the longest wait.
    ///   - ready: its contents are replaced by what is ready.
    /// - Returns: whether more may be ready than was reported.
    func wait(timeout: Duration?, ready: inout [Readiness]) -> Bool

    /// Ends a `wait`, now or the next one; callable from any thread.
    func wake()

    /// Watches a descriptor for everything, edge-triggered; `wait` reports it with `token`.
    func watch(_ descriptor: CInt, token: UInt64) throws(SystemError)

    /// Stops watching a descriptor that is still open.
    func unwatch(_ descriptor: CInt)

    /// A new non-blocking stream socket fit for `address`.
    func openStream(for address: SocketAddress) throws(SystemError) -> CInt

    /// Makes a socket that is not connected yet send from `source`, an address of this machine; the port is chosen when it connects.
    func bind(_ descriptor: CInt, to source: SocketAddress) throws(SystemError)

    /// Makes a socket that is not connected yet wait with its acknowledgement of the handshake, to send it with what it says first.
    func delayAcknowledgement(_ descriptor: CInt)

    /// Makes the kernel find out, within a minute, that the peer of a silent connection is gone.
    func keepAlive(_ descriptor: CInt)

    /// Starts connecting; `true` = already connected, `false` = the socket becomes writable when it is decided.
    func connect(_ descriptor: CInt, to address: SocketAddress) throws(SystemError) -> Bool

    /// Takes the pending error off a socket; nil when there is none.
    func pendingError(of descriptor: CInt) -> SystemError?

    /// Whether any route of the address's family leads off this machine; asked only after an attempt found none.
    func hasRoute(like address: SocketAddress) -> Bool

    /// Resets the connection of a stream socket, which is then like a new one, but watched as before; false where that cannot be.
    ///
    /// What is watched is reported once more, for the end of the connection.
    func disconnect(_ descriptor: CInt) -> Bool

    /// Makes `close` reset the connection, so that no TIME_WAIT is left behind.
    func resetOnClose(_ descriptor: CInt)

    /// Reads what is there, at most `limit` bytes.
    func read(_ descriptor: CInt, limit: Int) -> ReadResult

    /// Reads what a socket has into `buffer`, from its beginning, as much as it holds.
    func read(_ descriptor: CInt, into buffer: inout [UInt8]) -> ReadCount

    /// Writes as much as there is room for.
    func write(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) -> WriteResult

    /// A new non-blocking datagram socket fit for `address`; what the network says about its datagrams (ICMP) is reported.
    ///
    /// `connect` makes it send to one peer, and take UDP from that peer only.
    func openDatagram(_ kind: DatagramKind, for address: SocketAddress) throws(SystemError) -> CInt

    /// Sends one datagram, whole or not at all, over a connected datagram socket; an empty one is a datagram, too.
    func send(_ descriptor: CInt, _ bytes: ArraySlice<UInt8>) throws(SystemError)

    /// Takes the next datagram, at most `limit` bytes of it: the rest of a longer one is lost.
    func receive(_ descriptor: CInt, limit: Int) -> ReceiveResult

    /// Closes a descriptor; it must not be used again.
    func close(_ descriptor: CInt)
}

/// What a read gave.
package enum ReadResult: Hashable, Sendable {
    /// At least one byte.
    case bytes([UInt8])
    /// The peer closed its side.
    case end
    /// Nothing is there yet.
    case wouldBlock
    case failed(SystemError)
}

/// How much a read gave.
package enum ReadCount: Hashable, Sendable {
    /// That many bytes, at least one.
    case bytes(Int)
    /// The peer closed its side.
    case end
    /// Nothing is there yet.
    case wouldBlock
    case failed(SystemError)
}

extension Kernel {
    /// Nothing, where no packets are sent.
    package func delayAcknowledgement(_ descriptor: CInt) {}

    /// Nothing, where no packets are sent.
    package func keepAlive(_ descriptor: CInt) {}

    /// False: every connection gets a socket of its own.
    package func disconnect(_ descriptor: CInt) -> Bool { false }

    /// Copies what the other way of reading gives.
    package func read(_ descriptor: CInt, into buffer: inout [UInt8]) -> ReadCount {
        switch read(descriptor, limit: buffer.count) {
        case .bytes(let bytes):
            buffer.replaceSubrange(..<bytes.count, with: bytes)
            return .bytes(bytes.count)
        case .end: return .end
        case .wouldBlock: return .wouldBlock
        case .failed(let error): return .failed(error)
        }
    }
}

/// What a write took.
package enum WriteResult: Hashable, Sendable {
    /// That many bytes, at least one.
    case wrote(Int)
    /// There is no room yet.
    case wouldBlock
    case failed(SystemError)
}
