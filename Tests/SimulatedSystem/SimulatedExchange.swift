// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime

/// One prepared request of the simulated transport.
final class SimulatedExchange: HTTPExchange, TimerHandler {
    struct Run {
        var plan: ExchangePlan
        var startedAt: MonotonicInstant
        var deadline: MonotonicInstant
        var token: UInt64
        var observer: any HTTPExchangeObserver
        var isReused: Bool
        /// When the exchange ends at the latest.
        var timer: TimerID?
        /// A streamed answer, how much of it was told, and when the next part comes.
        var stream: SimulatedStream?
        var streamPosition = 0
        var streamTimer: TimerID?
    }

    let request: HTTPRequest
    let transport: SimulatedTransport
    var run: Run?
    private var connection: CInt?
    private var isClosed = false

    init(_ request: HTTPRequest, transport: SimulatedTransport) {
        self.request = request
        self.transport = transport
    }

    func start(
        deadline: MonotonicInstant,
        adding fields: [HTTPField],
        token: UInt64,
        for observer: any HTTPExchangeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(run == nil, "two exchanges of \(request.url.text) at once")
        precondition(!isClosed, "an exchange of \(request.url.text) after it was closed")
        transport.count { $0.started += 1 }
        let reply = transport.reply(to: request)
        transport.kernel.record("\(request.method) \(request.url.text): \(reply)")
        if !reply.suitsKeptConnection { closeConnection(on: loop) }
        let isReused = connection != nil
        let plan = ExchangePlan(reply, to: request, isReused: isReused)
        let now = transport.kernel.now
        run = Run(
            plan: plan,
            startedAt: now,
            deadline: deadline,
            token: token,
            observer: observer,
            isReused: isReused
        )
        if let problem = openConnection(on: loop) {
            return tell(HTTPExchangeResult(ending: .failed(problem, partial: nil)), on: loop)
        }
        if case .streams(let stream) = reply {
            precondition(request.streamsAnswer, "a stream for \(request.url.text), which asks for none")
            run?.stream = stream
            run?.streamTimer = loop.schedule(self, at: now.advanced(by: stream.delay))
        }
        let end = min(plan.length.map(now.advanced(by:)) ?? deadline, deadline)
        if end <= now { finish(at: now, on: loop) } else { run?.timer = loop.schedule(self, at: end) }
    }

    func liftDeadline(on loop: isolated EventLoop) {
        guard let run, let timer = run.timer else { return }
        loop.cancel(timer)
        self.run?.timer = nil
        guard let length = run.plan.length else { return }
        let end = run.startedAt.advanced(by: length)
        self.run?.deadline = max(run.deadline, end)
        self.run?.timer = loop.schedule(self, at: end)
    }

    func cancel(on loop: isolated EventLoop) {
        guard let run else { return }
        stopTimers(of: run, on: loop)
        self.run = nil
        closeConnection(on: loop)
        transport.count { $0.cancelled += 1 }
    }

    func close(on loop: isolated EventLoop) {
        guard !isClosed else { return }
        cancel(on: loop)
        closeConnection(on: loop)
        isClosed = true
        transport.count { $0.closed += 1 }
    }

    private func stopTimers(of run: Run, on loop: isolated EventLoop) {
        for timer in [run.timer, run.streamTimer].compactMap(\.self) { loop.cancel(timer) }
    }

    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        if timer == run?.streamTimer {
            run?.streamTimer = nil
            return playStream(on: loop)
        }
        run?.timer = nil
        finish(at: transport.kernel.now, on: loop)
    }

    /// Ends the exchange as planned, or as a timeout when the plan did not fit; a late timer changes neither.
    private func finish(at now: MonotonicInstant, on loop: isolated EventLoop) {
        guard let run else { return }
        let time = max(.zero, run.startedAt.duration(to: run.deadline))
        var result = run.plan.result(within: time, address: peer, isReused: run.isReused)
        if request.streamsAnswer, run.stream == nil, case .answered(var answer) = result.ending {
            guard tellHead(answer, body: answer.body, on: loop) else { return }
            answer.body = []
            result.ending = .answered(answer)
        }
        tell(result, on: loop)
    }

    func tell(_ result: HTTPExchangeResult, on loop: isolated EventLoop) {
        guard let run else { return }
        stopTimers(of: run, on: loop)
        self.run = nil
        if result.failure != nil || request.connection == .fresh { closeConnection(on: loop) }
        transport.count { $0.ended += 1 }
        run.observer.exchanged(result, token: run.token, on: loop)
    }

    /// Opens a connection unless there is one; says why that is impossible.
    private func openConnection(on loop: isolated EventLoop) -> HTTPExchangeFailure? {
        guard connection == nil else { return nil }
        guard loop.budget.take(1) else {
            return HTTPExchangeFailure(Failure(.internal, "the descriptor budget is spent"), at: .l4Connection)
        }
        do throws(SystemError) {
            connection = try transport.kernel.open(.connection(peer: peer)).number
            return nil
        } catch {
            loop.budget.give(back: 1)
            let evidence = Evidence(systemError: error)
            return HTTPExchangeFailure(
                Failure(.internal, "no socket could be had: \(error.text)", evidence: evidence),
                at: .l4Connection
            )
        }
    }

    private func closeConnection(on loop: isolated EventLoop) {
        guard let open = connection else { return }
        connection = nil
        transport.kernel.close(open)
        loop.budget.give(back: 1)
    }

    /// The peer's address; a name has one in 192.0.2.0/24 (RFC 5737).
    var peer: String {
        let (host, port) = (request.url.address.host, UInt16(clamping: request.url.address.port))
        if let address = SocketAddress(numeric: host, port: port) { return address.description }
        let last = host.utf8.reduce(UInt8(7)) { $0 &* 31 &+ $1 }
        return SocketAddress(bytes: [192, 0, 2, last], port: port).description
    }
}

extension SimulatedReply {
    /// Whether the server can do this on a connection that is there already; else the kept one has died meanwhile.
    fileprivate var suitsKeptConnection: Bool {
        switch self {
        case .answers, .hangs, .streams: true
        case .refuses, .drops, .fails: false
        }
    }
}
