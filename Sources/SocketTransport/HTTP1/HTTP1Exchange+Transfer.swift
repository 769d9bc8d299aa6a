// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

extension HTTP1Exchange {
    /// Opens a connection for the exchange under way, within what is left of its time.
    func openConnection(on loop: isolated EventLoop) {
        guard let run else { return }
        self.run?.stage = .connecting
        self.run?.isReused = false
        connection.open(by: run.deadline, for: self, on: loop)
    }

    /// Sends the request on the open connection.
    func send(at now: MonotonicInstant, on loop: isolated EventLoop) {
        reader.reset()
        run?.stage = .waiting
        run?.sent = 0
        run?.sentAt = now
        run?.watchDeadline(for: self, on: loop)
        write(on: loop)
    }

    /// Writes as much as the kernel takes.
    func write(on loop: isolated EventLoop) {
        if let security { return writeSecurely(security, on: loop) }
        guard let run, let descriptor = connection.descriptor else { return }
        var sent = run.sent
        if sent == 0 { loop.trace?.sent(run.bytes, at: loop.kernel.now) }
        while sent < run.bytes.count {
            switch loop.kernel.write(descriptor, run.bytes[sent...]) {
            case .wrote(let count):
                sent += count
            case .wouldBlock:
                self.run?.sent = sent
                return
            case .failed(let error):
                // The peer may have said why before it went.
                self.run?.sent = run.bytes.count
                return read(untilEnd: true, writeFault: error, on: loop)
            }
        }
        self.run?.sent = sent
    }

    /// Reads what has arrived.
    ///
    /// Edge-triggered: a read that fills less than the buffer has emptied the socket, and what comes later is a new edge; but
    /// the peer's end may belong to the edge that is being handled (`untilEnd`).
    func read(untilEnd: Bool, writeFault: SystemError? = nil, on loop: isolated EventLoop) {
        if security != nil { return readSecurely(untilEnd: untilEnd, on: loop) }
        while run != nil, let descriptor = connection.descriptor {
            switch loop.kernel.read(descriptor, into: &workspace.bytes) {
            case .bytes(let count):
                if run?.answeredAt == nil { run?.answeredAt = loop.now }
                loop.trace?.received(Array(workspace.bytes[..<count]), at: loop.kernel.now)
                guard take(count, on: loop), untilEnd || count == workspace.bytes.count else { return }
            case .wouldBlock:
                if let writeFault { broken(writeFault, on: loop) }
                return
            case .end:
                return ended(on: loop)
            case .failed(let error):
                return broken(error, on: loop)
            }
        }
    }

    /// Takes bytes of the answer; false when the run is over.
    private func take(_ count: Int, on loop: isolated EventLoop) -> Bool {
        do throws(HTTP1Problem) {
            let bytes = workspace.bytes
            let all = bytes.span
            let taken = try reader.take(all.extracting(0..<count))
            guard reader.isComplete else { return true }
            // Bytes behind the end are no answer to anything.
            finish(.answered, keeps: taken == count && run?.sawEnd == false, on: loop)
        } catch {
            fail(error, on: loop)
        }
        return false
    }

    /// The peer has ended its side.
    func ended(on loop: isolated EventLoop) {
        if mayRetry { return retry(on: loop) }
        do throws(HTTP1Problem) {
            try reader.end()
            finish(.answered, keeps: false, on: loop)
        } catch {
            fail(error, on: loop)
        }
    }

    /// The connection is gone with an error.
    func broken(_ error: SystemError, on loop: isolated EventLoop) {
        if mayRetry { return retry(on: loop) }
        let place = phase == .transfer ? "within the answer" : "before an answer"
        let (reason, message) = error.loss(place)
        finish(.failed(Failure(reason, message, evidence: evidence(error))), keeps: false, on: loop)
    }

    /// Whether only a kept connection has died, so that another is worth opening.
    var mayRetry: Bool {
        guard let run else { return false }
        return run.isReused && !run.isRetry && !reader.hasBytes
    }

    /// Opens another connection for the exchange under way.
    func retry(on loop: isolated EventLoop) {
        run?.isRetry = true
        run?.sawEnd = false
        run?.answeredAt = nil
        closeConnection(on: loop)
        openConnection(on: loop)
    }
}
