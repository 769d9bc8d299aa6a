// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import TransportSecurity

/// How bytes pass between the kernel, the TLS session and the reader of the answer.
extension HTTP1Exchange {
    /// The connection of an exchange over TLS is ready.
    func ready(_ security: HTTP1Security, _ events: Readiness.Events, on loop: isolated EventLoop) {
        let hasEnded = events.tellsEnd
        guard let run, run.stage == .securing || run.stage == .waiting else {
            if hasEnded { return idleConnectionSpoke(on: loop) }
            if events.isReadable { readIdle(security, on: loop) }
            return
        }
        if hasEnded { self.run?.sawEnd = true }
        if events.isWritable, security.unsent.count > 0, !flushSecurely(security, on: loop) { return }
        if hasEnded || events.isReadable { readSecurely(untilEnd: hasEnded, on: loop) }
    }

    /// Reads and deciphers what has arrived; see `read` about edges.
    func readSecurely(untilEnd: Bool, writeFault: SystemError? = nil, on loop: isolated EventLoop) {
        guard let security else { return }
        while run != nil, let descriptor = connection.descriptor {
            switch loop.kernel.read(descriptor, into: &security.pipe.input) {
            case .bytes(let count):
                let isFull = count == security.pipe.input.count
                guard decipher(count, security, on: loop), untilEnd || isFull else { return }
            case .wouldBlock:
                if let writeFault { brokenSecurely(writeFault, security, on: loop) }
                return
            case .end:
                return endedSecurely(security, on: loop)
            case .failed(let error):
                return brokenSecurely(error, security, on: loop)
            }
        }
    }

    /// Works on `count` bytes that were read, and sends what has to be; false when the exchange is over or has gone on elsewhere.
    func decipher(_ count: Int, _ security: HTTP1Security, on loop: isolated EventLoop) -> Bool {
        guard let session = security.session else { return false }
        security.pipe.unread = 0..<count
        security.idleBytes += count
        var hasSurplus = false
        while true {
            switch session.next(into: &workspace.bytes) {
            case .established:
                guard secured(session, security, on: loop) else { return false }
            case .bytes(let count):
                security.idleBytes -= count
                guard let isSurplus = take(deciphered: count, on: loop) else { return false }
                hasSurplus = hasSurplus || isSurplus
            case .wantsMore:
                guard flushSecurely(security, on: loop) else { return false }
                guard !reader.isComplete else {
                    // Bytes behind the end are no answer to anything.
                    finish(.answered, keeps: !hasSurplus && run?.sawEnd == false, on: loop)
                    return false
                }
                guard security.idleBytes <= HTTP1Security.maximumIdleBytes else {
                    endTooTalkative(on: loop)
                    return false
                }
                return true
            case .closed:
                endedSecurely(security, on: loop)
                return false
            case .failed(let failure):
                // The alert that says why goes out, if it can.
                guard flushSecurely(security, on: loop) else { return false }
                failedSecurely(failure, security, on: loop)
                return false
            }
        }
    }

    /// Gives deciphered bytes to the reader: whether there were more than belong to the answer; nil when that is broken.
    private func take(deciphered count: Int, on loop: isolated EventLoop) -> Bool? {
        if run?.answeredAt == nil { run?.answeredAt = loop.now }
        loop.trace?.received(Array(workspace.bytes[..<count]), at: loop.kernel.now)
        guard !reader.isComplete else { return true }
        do throws(HTTP1Problem) {
            let bytes = workspace.bytes
            let all = bytes.span
            return try reader.take(all.extracting(0..<count)) < count
        } catch {
            fail(error, on: loop)
            return nil
        }
    }

    /// Offers the kernel what is to be sent; false when the connection has failed, and the exchange with it.
    @discardableResult
    func flushSecurely(_ security: HTTP1Security, on loop: isolated EventLoop) -> Bool {
        guard let descriptor = connection.descriptor else { return true }
        let output = security.pipe.output
        if !output.isEmpty { security.pipe.clearOutput() }
        let isWaiting = security.unsent.count > 0
        if isWaiting, !output.isEmpty { security.unsent.append(output) }
        var waiting = isWaiting ? security.unsent.waiting : output[...]
        while !waiting.isEmpty {
            switch loop.kernel.write(descriptor, waiting) {
            case .wrote(let count):
                waiting = waiting.dropFirst(count)
                if isWaiting { security.unsent.drop(count) }
            case .wouldBlock:
                if !isWaiting { security.unsent.append(Array(waiting)) }
                return true
            case .failed(let error):
                security.unsent = OutputBuffer()
                // The peer may have said why before it went.
                readSecurely(untilEnd: true, writeFault: error, on: loop)
                return false
            }
        }
        return true
    }

    /// Looks at what a kept connection says between exchanges: tickets and new keys are none of ours, all else ends it.
    private func readIdle(_ security: HTTP1Security, on loop: isolated EventLoop) {
        while let descriptor = connection.descriptor, let session = security.session {
            switch loop.kernel.read(descriptor, into: &security.pipe.input) {
            case .bytes(let count):
                security.pipe.unread = 0..<count
                security.idleBytes += count
                guard security.idleBytes <= HTTP1Security.maximumIdleBytes,
                    case .wantsMore = session.next(into: &workspace.bytes)
                else { return idleConnectionSpoke(on: loop) }
                let answer = session.takeOutput()
                guard answer.isEmpty || loop.kernel.write(descriptor, answer[...]) == .wrote(answer.count) else {
                    return idleConnectionSpoke(on: loop)
                }
                guard count == security.pipe.input.count else { return }
            case .wouldBlock:
                return
            case .end, .failed:
                return idleConnectionSpoke(on: loop)
            }
        }
    }
}
