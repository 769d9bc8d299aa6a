// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
package import LinuxRuntime

extension TCPConnection {
    /// Starts the race over the addresses that are now known.
    func beginConnecting(on loop: isolated EventLoop) {
        state = .connecting
        connectStartedAt = loop.now
        race = ConnectRace(count: addresses.count, at: loop.now)
        continueConnecting(on: loop)
    }

    /// Starts every attempt that is due, and sets the timer for what comes next.
    func continueConnecting(on loop: isolated EventLoop) {
        while let index = race.takeDue(at: loop.now) {
            // A connection at once ends the race, and the observer may have gone on from there.
            if start(addresses[index], on: loop) { return }
        }
        guard !race.isLost else { return failConnecting(on: loop) }
        let wakeUp = MonotonicInstant.earlier(deadline, race.nextDue ?? deadline)
        if let timer { loop.cancel(timer) }
        timer = loop.schedule(self, at: wakeUp)
    }

    /// At the deadline the sockets themselves are asked once more: a late loop may not have handed out an answer yet that
    /// came in time, and that is not the target's fault.
    func settleAtDeadline(on loop: isolated EventLoop) {
        for attempt in attempts {
            do {
                if try loop.kernel.connect(attempt.descriptor, to: attempt.address) {
                    return succeed(attempt, on: loop)
                }
            } catch {
                if error.code == EISCONN { return succeed(attempt, on: loop) }
                if error.code == EALREADY || error.code == EINPROGRESS { continue }
                remember(ConnectFault(error, address: attempt.address, isLocal: false))
                drop(attempt, on: loop)
            }
        }
        if let unanswered = attempts.first { fault = fault(ofUnanswered: unanswered, on: loop) }
        failConnecting(on: loop)
    }

    /// A peer that had less than nine tenths of its time, because the turn in which we asked it was slow, is not blamed.
    private func fault(ofUnanswered attempt: Attempt, on loop: isolated EventLoop) -> ConnectFault {
        let missing = attempt.lag - deadline.duration(to: loop.kernel.now)
        guard missing * 10 <= startedAt.duration(to: deadline) else {
            return ConnectFault(unanswered: attempt.address, tooEarlyBy: missing)
        }
        let waited = (connectStartedAt ?? startedAt).duration(to: deadline)
        return ConnectFault(unanswered: attempt.address, after: waited)
    }

    /// Starts one attempt; true when it connected at once.
    private func start(_ address: SocketAddress, on loop: isolated EventLoop) -> Bool {
        // The last look before a connection: whatever named the address, it is this one that is contacted.
        guard !loop.addressRules.denies(address.bytes) else {
            return failedAttempt(ConnectFault(denied: address), on: loop)
        }
        guard loop.budget.take(1) else {
            return failedAttempt(ConnectFault(budget: loop.budget.limit, address: address), on: loop)
        }
        let descriptor: CInt
        do {
            descriptor = try loop.openStream(for: address)
        } catch {
            loop.budget.give(back: 1)
            return failedAttempt(ConnectFault(error, address: address, isLocal: true), on: loop)
        }
        if let source = choice.source {
            do {
                try loop.kernel.bind(descriptor, to: SocketAddress(bytes: source.bytes, port: 0))
            } catch {
                release(descriptor, on: loop)
                return failedAttempt(ConnectFault(source: source, error, address: address), on: loop)
            }
        }
        if speaksFirst { loop.kernel.delayAcknowledgement(descriptor) }
        let lag = loop.now.duration(to: loop.kernel.now)
        loop.trace?.note(.connect, "connecting to \(address)", at: loop.kernel.now)
        do {
            let isConnected = try loop.kernel.connect(descriptor, to: address)
            try loop.watch(descriptor, self)
            let attempt = Attempt(descriptor: descriptor, address: address, lag: lag)
            attempts.append(attempt)
            if isConnected { succeed(attempt, on: loop) }
            return isConnected
        } catch {
            release(descriptor, on: loop)
            let isCutOff = error.isMissingRoute && !loop.kernel.hasRoute(like: address)
            let fault = ConnectFault(error, address: address, isLocal: true, isCutOff: isCutOff)
            return failedAttempt(fault, on: loop)
        }
    }

    private func failedAttempt(_ fault: ConnectFault, on loop: isolated EventLoop) -> Bool {
        remember(fault)
        race.attemptFailed(at: loop.now)
        return false
    }

    /// Keeps the fault that says most; the first of equals.
    private func remember(_ new: ConnectFault) {
        guard let known = fault, known.weight >= new.weight else {
            fault = new
            return
        }
    }

    private func drop(_ attempt: Attempt, on loop: isolated EventLoop) {
        attempts.removeAll { $0.descriptor == attempt.descriptor }
        release(attempt.descriptor, on: loop)
        race.attemptFailed(at: loop.now)
    }

    private func succeed(_ winner: Attempt, on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        for attempt in attempts where attempt.descriptor != winner.descriptor {
            release(attempt.descriptor, on: loop)
        }
        forgetAttempts()
        state = .open(winner.descriptor, winner.address)
        loop.trace?.note(.connect, "connected to \(winner.address)", at: loop.kernel.now)
        phases.connect = connectStartedAt?.duration(to: loop.now)
        let report = ConnectReport(
            failure: nil,
            layer: .l4OK,
            address: winner.address,
            startedAt: startedAt,
            phases: phases
        )
        observer?.opened(self, report, on: loop)
    }

    private func failConnecting(on loop: isolated EventLoop) {
        phases.connect = connectStartedAt?.duration(to: loop.now)
        guard let fault else { preconditionFailure("connecting to \(host):\(port) failed without a fault") }
        fail(
            fault.failure(of: addresses.count),
            layer: fault.reason == .connectTimeout ? .l4Timeout : .l4Connection,
            address: fault.address,
            on: loop
        )
    }
}

extension TCPConnection: DescriptorHandler {
    package func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        switch state {
        case .closed, .resolving:
            break
        case .open:
            observer?.ready(self, events, on: loop)
        case .connecting:
            guard let attempt = attempts.first(where: { $0.descriptor == descriptor }) else { return }
            if events.tellsFailure {
                // A hang-up without an error is a peer that has gone again; to connect, that is a reset.
                let error = loop.kernel.pendingError(of: descriptor) ?? SystemError(code: ECONNRESET)
                remember(ConnectFault(error, address: attempt.address, isLocal: false))
                drop(attempt, on: loop)
                continueConnecting(on: loop)
            } else if events.isWritable {
                succeed(attempt, on: loop)
            }
        }
    }
}
