// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
package import LinuxRuntime

extension ByteStream {
    /// Offers the kernel what waits, until it takes no more.
    func flush(on loop: isolated EventLoop) {
        while writeFault == nil, output.count > 0, let descriptor = connection.descriptor {
            switch loop.kernel.write(descriptor, output.waiting) {
            case .wrote(let count):
                output.drop(count)
            case .wouldBlock:
                return
            case .failed(let error):
                // Told later: the caller is in the midst of writing, and the peer may have said why it went. What was not sent
                // stays, so that nobody takes it for sent.
                writeFault = error
                readSoon(on: loop)
            }
        }
    }

    /// Reads until the kernel has no more, the turn's share is used up, or the observer has closed the stream.
    ///
    /// Less than there was room for is all that the kernel had: what comes later makes another edge (epoll(7), question 9). Only when the
    /// connection is known to have ended, or that is what is asked, is it read to its end.
    func readAvailable(untilEnd: Bool, on loop: isolated EventLoop) {
        let current = generation
        for _ in 0..<Self.readsPerTurn {
            guard generation == current, let descriptor = connection.descriptor else { return }
            switch loop.kernel.read(descriptor, limit: Self.chunkSize) {
            case .bytes(let bytes):
                if let filter = security?.filter {
                    decipher(bytes, with: filter, on: loop)
                } else {
                    if showsBytes { loop.trace?.received(bytes, at: loop.kernel.now) }
                    observer?.received(bytes, from: self, on: loop)
                }
                guard untilEnd || bytes.count == Self.chunkSize else { return }
            case .wouldBlock:
                if let writeFault { end(with: writeFault, on: loop) }
                return
            case .end:
                if let writeFault { end(with: writeFault, on: loop) } else { end(.closed, on: loop) }
                return
            case .failed(let error):
                return end(with: error, on: loop)
            }
        }
        guard generation == current else { return }
        readSoon(on: loop)
    }

    /// Closes the stream and tells why; EPIPE says no more than that the peer has closed.
    private func end(with error: SystemError, on loop: isolated EventLoop) {
        end(error.code == EPIPE ? .closed : .failed(error), on: loop)
    }

    /// Closes the stream and tells why.
    func end(_ end: StreamEnd, on loop: isolated EventLoop) {
        let observer = observer
        let end = judged(end)
        close(on: loop)
        observer?.streamEnded(self, end, on: loop)
    }

    /// Reads on in the next turn, after the other descriptors had theirs.
    private func readSoon(on loop: isolated EventLoop) {
        guard continuation == nil else { return }
        continuation = loop.schedule(self, at: loop.now)
    }
}

extension ByteStream: TimerHandler {
    /// Reading goes on where the last turn's share was used up.
    package func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        continuation = nil
        readAvailable(untilEnd: true, on: loop)
    }
}

extension ByteStream: TCPConnectionObserver {
    package func opened(_ connection: TCPConnection, _ report: ConnectReport, on loop: isolated EventLoop) {
        let current = generation
        let observer = observer
        if report.failure != nil { close(on: loop) }
        observer?.streamOpened(self, report, on: loop)
        // The event that told of the connection may have told of its first bytes, too.
        guard generation == current else { return }
        readAvailable(untilEnd: true, on: loop)
    }

    package func ready(_ connection: TCPConnection, _ events: Readiness.Events, on loop: isolated EventLoop) {
        let current = generation
        if events.contains(.writable), output.count > 0 {
            flush(on: loop)
            if output.count == 0, writeFault == nil { observer?.streamDrained(self, on: loop) }
        }
        guard generation == current else { return }
        // An error or a hang-up shows in the next read.
        if events.tellsEnd || events.isReadable { readAvailable(untilEnd: events.tellsEnd, on: loop) }
    }
}
