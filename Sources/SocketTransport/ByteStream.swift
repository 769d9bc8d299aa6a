// SPDX-License-Identifier: Apache-2.0

package import HealthModel
package import LinuxRuntime
import TransportSecurity

/// Bytes in both directions over a TCP connection, without a protocol: what a dialog, a STARTTLS or a WebSocket is spoken on.
///
/// One object per target, reused for every run, like the `TCPConnection` below it. Writes keep their order and never block:
/// what the kernel does not take waits here, up to a bound. Reading goes on by itself until the kernel has no more; so that a
/// peer that sends without end cannot hold the loop, at most `readsPerTurn` chunks are read in one turn.
///
/// The stream has no deadline of its own after connecting: whoever uses it owns the timer, and closes it then. Closing resets
/// the connection and drops what was not sent.
package final class ByteStream {
    /// Most bytes that may wait to be sent, unless another bound is given: 256 KiB.
    package static let defaultOutputLimit = 262_144
    /// Most bytes that are read, and handed out, at once.
    static let chunkSize = 16_384
    /// Most chunks that are read in one turn of the loop.
    static let readsPerTurn = 16

    let connection: TCPConnection
    /// Most bytes that may wait to be sent.
    package let outputLimit: Int
    /// Who is told, from `open` until `close`.
    var observer: (any ByteStreamObserver)?
    /// What waits to be sent.
    var output = OutputBuffer()
    /// Counts openings and closings: whoever called out finds by it whether the stream is still the same.
    var generation: UInt64 = 0
    /// What a write met; told once reading has ended, as the peer's last words may still be there.
    var writeFault: SystemError?
    /// TLS, once it was started.
    var security: Security?
    /// What the next connection may resume.
    var ticket: SessionTicket?
    /// The handshake of the connection that has ended, until the next is opened.
    var lastRecord: HandshakeRecord?
    var lastHandshakeDuration: Duration?
    /// Whether a trace shows the bytes; who speaks a protocol that is not text shows what it means instead.
    var showsBytes = true
    /// For reading on in the next turn.
    var continuation: TimerID?

    /// Prepares a stream over a connection that nobody else uses; nothing is opened or looked up yet.
    package init(over connection: TCPConnection, outputLimit: Int = ByteStream.defaultOutputLimit) {
        precondition(outputLimit > 0, "an output limit of \(outputLimit) bytes")
        self.connection = connection
        self.outputLimit = outputLimit
    }

    /// Whether bytes can be sent and received.
    package var isOpen: Bool { connection.descriptor != nil }

    /// How many bytes the kernel has not taken yet, or never will after a write that failed; 0 once closed.
    package var unsentBytes: Int { output.count }

    /// Adds the objects that everything done with the stream uses.
    package func collect(into footprint: inout Footprint) {
        footprint.add(self)
        footprint.add(connection)
    }

    /// Connects by `deadline`, look-up included, and tells `observer` how it went.
    ///
    /// Only for a closed stream; anything else is a programmer error.
    package func open(
        by deadline: MonotonicInstant,
        for observer: any ByteStreamObserver,
        on loop: isolated EventLoop
    ) {
        generation &+= 1
        (lastRecord, lastHandshakeDuration) = (nil, nil)
        self.observer = observer
        connection.open(by: deadline, for: self, on: loop)
    }

    /// Sends bytes after all that were written before; false, with nothing taken, when more would wait than the bound allows.
    ///
    /// Only for an open stream whose handshake, if TLS was started, is done; anything else is a programmer error. What goes
    /// wrong is told to the observer later, never from within this call.
    package func write(_ bytes: [UInt8], on loop: isolated EventLoop) -> Bool {
        precondition(isOpen, "\(bytes.count) bytes are written to a closed stream to \(connection.host)")
        guard writeFault == nil else { return true }
        guard bytes.count <= outputLimit - output.count else { return false }
        if showsBytes { loop.trace?.sent(bytes, at: loop.kernel.now) }
        if let filter = security?.filter {
            filter.encipher(bytes)
            output.append(filter.takeOutput())
        } else {
            output.append(bytes)
        }
        flush(on: loop)
        return true
    }

    /// Closes the stream with a reset, or ends opening it, without telling the observer; does nothing when closed.
    package func close(on loop: isolated EventLoop) {
        generation &+= 1
        if let security {
            lastRecord = security.filter.record
            ticket = security.filter.ticket()
            lastHandshakeDuration = security.duration ?? security.startedAt.duration(to: loop.kernel.now)
        }
        security = nil
        if let continuation { loop.cancel(continuation) }
        continuation = nil
        output = OutputBuffer()
        writeFault = nil
        observer = nil
        connection.close(on: loop)
    }

    /// Hands out what has arrived by now, before a deadline is held against the peer.
    ///
    /// A loop that is late may not have been told of it yet. The observer is called from within this call.
    package func readPending(on loop: isolated EventLoop) {
        readAvailable(untilEnd: true, on: loop)
    }
}
