// SPDX-License-Identifier: Apache-2.0

import HealthModel
package import LinuxRuntime
import Synchronization

/// Answers questions about names as its zone says, after the delay that the zone says; numeric addresses at once.
package final class SimulatedResolver: Resolver, Sendable {
    private let kernel: SimulatedKernel
    private let zone: SimulatedZone
    private let random: Mutex<SimulationRandom>

    /// - Parameters:
    ///   - kernel: gives the seed and takes the trace.
    ///   - zone: what names resolve to.
    package init(_ kernel: SimulatedKernel, zone: SimulatedZone) {
        self.kernel = kernel
        self.zone = zone
        random = Mutex(kernel.random(for: "names"))
    }

    package func resolve(
        _ host: String,
        port: UInt16,
        token: UInt64,
        for observer: any ResolutionObserver,
        on loop: isolated EventLoop
    ) {
        if let address = SocketAddress(numeric: host, port: port) {
            return observer.resolved(.addresses([address]), token: token, on: loop)
        }
        let resolution = resolution(of: host)
        kernel.record("\(host): \(resolution)")
        switch resolution {
        case .addresses(let addresses, let delay):
            let known = addresses.map { Self.address($0, port: port) }
            tell(.addresses(known), after: delay, token: token, observer, on: loop)
        case .fails(let kind, let delay):
            let failure = ResolutionFailure(kind: kind, message: Self.message(kind))
            tell(.failed(failure), after: delay, token: token, observer, on: loop)
        case .never: break
        }
    }

    /// Asks the zone, without the lock: it is foreign code.
    private func resolution(of host: String) -> SimulatedResolution {
        var draws = random.withLock(\.self)
        let resolution = zone.resolution(of: host, at: kernel.now, &draws)
        random.withLock { [draws] in $0 = draws }
        return resolution
    }

    private func tell(
        _ answer: ResolutionAnswer,
        after delay: Duration,
        token: UInt64,
        _ observer: any ResolutionObserver,
        on loop: isolated EventLoop
    ) {
        guard delay > .zero else { return observer.resolved(answer, token: token, on: loop) }
        let late = LateResolution(answer: answer, token: token, observer: observer)
        loop.schedule(late, at: kernel.now.advanced(by: delay))
    }

    private static func address(_ text: String, port: UInt16) -> SocketAddress {
        guard let address = SocketAddress(numeric: text, port: port) else {
            preconditionFailure("the zone gives \"\(text)\", which is not a numeric address")
        }
        return address
    }

    private static func message(_ kind: ResolutionFailure.Kind) -> String {
        switch kind {
        case .notFound: "the name does not exist"
        case .temporary: "the name servers do not answer"
        case .ours: "too many look-ups are waiting"
        }
    }
}

/// An answer that is under way.
private final class LateResolution: TimerHandler {
    private let answer: ResolutionAnswer
    private let token: UInt64
    private let observer: any ResolutionObserver

    init(answer: ResolutionAnswer, token: UInt64, observer: any ResolutionObserver) {
        self.answer = answer
        self.token = token
        self.observer = observer
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        observer.resolved(answer, token: token, on: loop)
    }
}
