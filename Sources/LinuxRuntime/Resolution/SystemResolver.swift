// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// Resolves names with blocking look-ups on a few threads, and remembers the answers.
///
/// Numeric hosts and `localhost` are answered without a look-up, names by `ResolutionCache`; one look-up per name runs at a
/// time, however many wait for it. A look-up that hangs holds one thread and nothing else: when all threads hang, new names
/// wait in a bounded queue and their askers run into their own deadlines.
///
/// Belongs to the one loop it is first used on.
package final class SystemResolver: Resolver {
    private struct Waiter {
        let port: UInt16
        let token: UInt64
        let observer: any ResolutionObserver
    }

    private let threads: LookUpThreads
    private var cache: ResolutionCache<Waiter>
    private var watch = NameServiceWatch()
    private var state = State.unused

    private enum State {
        case unused
        case watching
        case stopped
    }

    /// Opens its one descriptor at once; threads are started when there is work.
    ///
    /// - Parameters:
    ///   - lookUp: does the blocking part.
    ///   - limits: how long answers are kept, and how many.
    ///   - threadLimit: how many look-ups run at once.
    ///   - queueCapacity: how many names may wait for a thread; more fail as ours.
    /// - Throws: why the descriptor cannot be had.
    package init(
        lookUp: any NameLookUp = SystemNameLookUp(),
        limits: ResolutionLimits = ResolutionLimits(),
        threadLimit: Int = 4,
        queueCapacity: Int = 1_024
    ) throws(SystemError) {
        let queue = LookUpQueue(threadLimit: threadLimit, capacity: queueCapacity)
        threads = try LookUpThreads(lookUp: lookUp, queue: queue)
        cache = ResolutionCache(limits: limits)
    }

    package func resolve(
        _ host: String,
        port: UInt16,
        token: UInt64,
        for observer: any ResolutionObserver,
        on loop: isolated EventLoop
    ) {
        let waiter = Waiter(port: port, token: token, observer: observer)
        let name = Self.name(of: host)
        if let addresses = LocalName.addresses(of: name) { return tell(waiter, .success(addresses), on: loop) }
        if let failure = prepare(on: loop) { return tell(waiter, .failure(failure), on: loop) }
        let key = ResolutionCacheKey(observer: ObjectIdentifier(observer), port: port)
        let decision = cache.ask(name, at: loop.now, as: key, waiter)
        if decision.startsLookUp {
            watch.began(name, at: loop.now)
            for (name, failure) in threads.add(name) { finish(name, .failure(failure), on: loop) }
        }
        if let answer = decision.answer { tell(waiter, answer, on: loop) }
    }

    package func ownDelay(of host: String, on loop: isolated EventLoop) -> String? {
        if threads.isQueued(Self.name(of: host)) { return "other look-ups took all threads" }
        return watch.isSilent(at: loop.now) ? Self.silence : nil
    }

    /// Ends every look-up without waiting for threads: who waits is told that it failed, and so is who asks later.
    package func stop(on loop: isolated EventLoop) {
        if case .watching = state { loop.unwatch(threads.signal) }
        state = .stopped
        threads.stop()
        for waiter in cache.abandonAll() { tell(waiter, .failure(Self.stopped), on: loop) }
    }

    private static let silence = "the name service answers for no name"
    private static let stopped = ResolutionFailure(kind: .ours, message: "the resolver was stopped", problem: .other)

    /// Names differ in nothing when they differ in case only (RFC 4343); most hosts are in lower case already.
    private static func name(of host: String) -> String {
        host.utf8.contains { (0x41...0x5A).contains($0) } ? host.lowercased() : host
    }

    private func prepare(on loop: isolated EventLoop) -> ResolutionFailure? {
        switch state {
        case .watching: return nil
        case .stopped: return Self.stopped
        case .unused:
            do {
                try loop.watch(threads.signal, self)
            } catch {
                return ResolutionFailure(
                    kind: .ours,
                    message: "cannot watch for answers: \(error.text)",
                    problem: error.problem ?? .other
                )
            }
            state = .watching
            return nil
        }
    }

    private func finish(_ name: String, _ answer: LookUpThreads.Answer, on loop: isolated EventLoop) {
        watch.ended(name, answer.failure, at: loop.now)
        for waiter in cache.finish(name, with: answer, at: loop.now) { tell(waiter, answer, on: loop) }
    }

    private func tell(_ waiter: Waiter, _ answer: LookUpThreads.Answer, on loop: isolated EventLoop) {
        let told: ResolutionAnswer =
            switch answer {
            case .success(let addresses): .addresses(addresses.map { $0.with(port: waiter.port) })
            case .failure(let failure): .failed(judged(failure, on: loop))
            }
        waiter.observer.resolved(told, token: waiter.token, on: loop)
    }

    /// A name that was not answered counts against nobody while no name is.
    private func judged(_ failure: ResolutionFailure, on loop: isolated EventLoop) -> ResolutionFailure {
        guard failure.kind == .temporary, watch.isSilent(at: loop.now) else { return failure }
        return ResolutionFailure(kind: .ours, message: "\(Self.silence): \(failure.message)")
    }
}

extension LookUpThreads.Answer {
    fileprivate var failure: ResolutionFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}

extension SystemResolver: DescriptorHandler {
    /// Answers lie in the box.
    package func ready(_ descriptor: CInt, _ events: Readiness.Events, on loop: isolated EventLoop) {
        for (name, answer) in threads.takeAnswers() { finish(name, answer, on: loop) }
    }
}

extension SocketAddress {
    fileprivate func with(port: UInt16) -> SocketAddress { SocketAddress(bytes: bytes, port: port, scope: scope) }
}
