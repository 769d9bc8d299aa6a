// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

extension HTTP1Exchange: ResolutionObserver {
    func resolved(_ answer: ResolutionAnswer, token: UInt64, on loop: isolated EventLoop) {
        guard let run, case .checking = run.stage, token == question else { return }
        loop.trace?.note(.dns, "\(connection.host): \(answer.summary)", at: loop.kernel.now)
        if case .addresses(let addresses) = answer, let peer, addresses.contains(peer), connection.descriptor != nil {
            return send(at: loop.kernel.now, on: loop)
        }
        run.forgetDeadline(on: loop)
        closeConnection(on: loop)
        openConnection(on: loop)
    }
}

extension HTTP1Exchange: TCPConnectionObserver {
    func opened(_ connection: TCPConnection, _ report: ConnectReport, on loop: isolated EventLoop) {
        guard run != nil else { return connection.close(on: loop) }
        run?.phases = report.phases
        if let address = report.address, address != peer {
            peer = address
            peerText = address.description
        }
        guard let failure = report.failure else {
            if let security { return secure(security, on: loop) }
            return send(at: loop.kernel.now, on: loop)
        }
        let ending = HTTPExchangeResult.Ending.failed(HTTPExchangeFailure(failure, at: report.layer), partial: nil)
        let address = report.address == nil ? nil : peerText
        tell(HTTPExchangeResult(ending: ending, phases: report.phases, address: address), on: loop)
    }

    func ready(_ connection: TCPConnection, _ events: Readiness.Events, on loop: isolated EventLoop) {
        if let security { return ready(security, events, on: loop) }
        let hasEnded = events.tellsEnd
        guard let run, run.stage == .waiting else {
            // A kept connection that says something unasked, or ends, is of no more use.
            if hasEnded || events.isReadable { idleConnectionSpoke(on: loop) }
            return
        }
        if events.isWritable, run.sent < run.bytes.count { write(on: loop) }
        if hasEnded { self.run?.sawEnd = true }
        if hasEnded || events.isReadable { read(untilEnd: hasEnded, on: loop) }
    }

    /// The kept connection is of no more use; one that waits for it has another opened.
    func idleConnectionSpoke(on loop: isolated EventLoop) {
        closeConnection(on: loop)
        guard let run, run.stage == .checking else { return }
        run.forgetDeadline(on: loop)
        openConnection(on: loop)
    }
}
