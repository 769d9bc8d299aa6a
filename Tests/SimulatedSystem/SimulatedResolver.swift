// SPDX-License-Identifier: Apache-2.0

import HealthModel
package import LinuxRuntime
import Synchronization

/// Answers questions about names as its zone says, after the delay that the zone says; numeric addresses at once.
package final class SimulatedResolver: Resolver, Sendable {
    /// Who asks what: whoever asks the same again while it waits hears once, with the later token.
    fileprivate struct Question: Hashable {
        let host: String
        let port: UInt16
        let observer: ObjectIdentifier
    }

    private struct State {
        var random: SimulationRandom
        /// The last token of each question that waits for its answer.
        var waiting: [Question: UInt64] = [:]
    }

    private let kernel: SimulatedKernel
    private let zone: SimulatedZone
    private let state: Mutex<State>

    /// - Parameters:
    ///   - kernel: gives the seed and takes the trace.
    ///   - zone: what names resolve to.
    package init(_ kernel: SimulatedKernel, zone: SimulatedZone) {
        self.kernel = kernel
        self.zone = zone
        state = Mutex(State(random: kernel.random(for: "names")))
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
        let question = Question(host: host, port: port, observer: ObjectIdentifier(observer))
        guard !renew(question, token) else { return }
        let resolution = resolution(of: host)
        kernel.record("\(host): \(resolution)")
        switch resolution {
        case .never: break
        case .addresses(_, .zero), .fails(_, .zero):
            observer.resolved(Self.answer(resolution, port: port), token: token, on: loop)
        case .addresses(_, let delay), .fails(_, let delay):
            state.withLock { $0.waiting[question] = token }
            let answer = Self.answer(resolution, port: port)
            let late = LateResolution(answer, to: question, from: self, for: observer)
            loop.schedule(late, at: kernel.now.advanced(by: delay))
        }
    }

    /// The token to answer a waiting question with; it waits no longer.
    fileprivate func settle(_ question: Question) -> UInt64 {
        guard let token = state.withLock({ $0.waiting.removeValue(forKey: question) }) else {
            preconditionFailure("an answer about \(question.host), for which nobody waits")
        }
        return token
    }

    /// Gives a question that waits already a later token; false when it does not wait.
    private func renew(_ question: Question, _ token: UInt64) -> Bool {
        state.withLock { state in
            guard state.waiting[question] != nil else { return false }
            state.waiting[question] = token
            return true
        }
    }

    /// Asks the zone, without the lock: it is foreign code.
    private func resolution(of host: String) -> SimulatedResolution {
        var random = state.withLock(\.random)
        let resolution = zone.resolution(of: host, at: kernel.now, &random)
        state.withLock { [random] in $0.random = random }
        return resolution
    }

    private static func answer(_ resolution: SimulatedResolution, port: UInt16) -> ResolutionAnswer {
        switch resolution {
        case .addresses(let addresses, _): .addresses(addresses.map { address($0, port: port) })
        case .fails(let kind, _): .failed(ResolutionFailure(kind: kind, message: message(kind)))
        case .never: preconditionFailure("silence is no answer")
        }
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
    private let question: SimulatedResolver.Question
    private let resolver: SimulatedResolver
    private let observer: any ResolutionObserver

    init(
        _ answer: ResolutionAnswer,
        to question: SimulatedResolver.Question,
        from resolver: SimulatedResolver,
        for observer: any ResolutionObserver
    ) {
        self.answer = answer
        self.question = question
        self.resolver = resolver
        self.observer = observer
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        observer.resolved(answer, token: resolver.settle(question), on: loop)
    }
}
