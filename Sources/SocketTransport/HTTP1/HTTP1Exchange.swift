// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime

/// One prepared request over plain HTTP/1.1 on our own socket, exchanged again and again.
///
/// ```
/// idle ──start──▶ checking (a name, a kept connection) ──same address──▶ waiting ──answer──▶ idle
///   │                     │ other address                                  ▲
///   └────no connection────┴──────────────▶ connecting ──────open───────────┘
/// ```
///
/// A kept connection that dies before a byte of the answer is replaced, once. Reading goes into one buffer that all exchanges of
/// a transport share, so that an exchange on a kept connection allocates nothing but what it hands out.
final class HTTP1Exchange {
    /// Where all exchanges of a transport read to; used within one call only.
    final class ReadBuffer {
        var bytes = [UInt8](repeating: 0, count: 65_536)
    }

    private enum Stage {
        case checking
        case connecting
        case waiting
    }

    private struct Run {
        let observer: any HTTPExchangeObserver
        let token: UInt64
        let startedAt: MonotonicInstant
        let deadline: MonotonicInstant
        var stage = Stage.connecting
        /// What is sent.
        let bytes: [UInt8]
        /// How much of it the kernel has taken.
        var sent = 0
        var isReused = false
        var isRetry = false
        /// Whether the peer was seen to have ended its side, possibly behind an answer.
        var sawEnd = false
        /// When the request was sent, or began to be.
        var sentAt: MonotonicInstant
        /// When the first byte of the answer came.
        var answeredAt: MonotonicInstant?
        /// Resolution and connection.
        var phases = PhaseTimings()
        var timer: TimerID?
    }

    private let request: HTTPRequest
    private let bytes: HTTP1RequestBytes
    private let connection: TCPConnection
    private let resolver: any Resolver
    private let buffer: ReadBuffer
    private var reader: HTTP1ResponseReader
    private var run: Run?
    /// The peer of the connection that is open, or was last.
    private var peer: SocketAddress?
    private var peerText: String?
    /// Tells a late answer of the resolver.
    private var question: UInt64 = 0

    init(_ request: HTTPRequest, resolver: any Resolver, buffer: ReadBuffer) {
        self.request = request
        self.resolver = resolver
        self.buffer = buffer
        bytes = HTTP1RequestBytes(request)
        reader = HTTP1ResponseReader(request)
        let address = request.url.address
        connection = TCPConnection(
            host: address.host,
            port: UInt16(clamping: address.port),
            choosing: AddressChoice(family: request.family, resolve: request.resolve, source: request.source),
            resolver: resolver
        )
    }

    // MARK: Sending

    private func openConnection(on loop: isolated EventLoop) {
        guard let run else { return }
        self.run?.stage = .connecting
        self.run?.isReused = false
        connection.open(by: run.deadline, for: self, on: loop)
    }

    /// Sends the request on the open connection.
    private func send(on loop: isolated EventLoop) {
        reader.reset()
        run?.stage = .waiting
        run?.sent = 0
        run?.sentAt = loop.kernel.now
        if run?.timer == nil, let deadline = run?.deadline { run?.timer = loop.schedule(self, at: deadline) }
        write(on: loop)
    }

    private func write(on loop: isolated EventLoop) {
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

    // MARK: Receiving

    /// Reads what has arrived.
    ///
    /// Edge-triggered: a read that fills less than the buffer has emptied the socket, and what comes later is a new edge; but
    /// the peer's end may belong to the edge that is being handled (`untilEnd`).
    private func read(untilEnd: Bool, writeFault: SystemError? = nil, on loop: isolated EventLoop) {
        while run != nil, let descriptor = connection.descriptor {
            switch loop.kernel.read(descriptor, into: &buffer.bytes) {
            case .bytes(let count):
                if run?.answeredAt == nil { run?.answeredAt = loop.now }
                loop.trace?.received(Array(buffer.bytes[..<count]), at: loop.kernel.now)
                guard take(count, on: loop), untilEnd || count == buffer.bytes.count else { return }
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
            let bytes = buffer.bytes
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

    private func ended(on loop: isolated EventLoop) {
        if mayRetry { return retry(on: loop) }
        do throws(HTTP1Problem) {
            try reader.end()
            finish(.answered, keeps: false, on: loop)
        } catch {
            fail(error, on: loop)
        }
    }

    /// The connection is gone with an error.
    private func broken(_ error: SystemError, on loop: isolated EventLoop) {
        if mayRetry { return retry(on: loop) }
        let place = phase == .transfer ? "within the answer" : "before an answer"
        let evidence = evidence(error)
        switch error.code {
        case ECONNRESET, EPIPE, ECONNABORTED:
            finish(.failed(Failure(.reset, "connection reset \(place)", evidence: evidence)), keeps: false, on: loop)
        case ETIMEDOUT:
            finish(
                .failed(Failure(.timeout, "the peer is gone: \(error.text)", evidence: evidence)),
                keeps: false,
                on: loop
            )
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN:
            let message = "no route to the target: \(error.text)"
            finish(.failed(Failure(.unreachable, message, evidence: evidence)), keeps: false, on: loop)
        default:
            let message = "the connection failed \(place): \(error.text)"
            finish(.failed(Failure(.internal, message, evidence: evidence)), keeps: false, on: loop)
        }
    }

    private var mayRetry: Bool {
        guard let run else { return false }
        return run.isReused && !run.isRetry && !reader.hasBytes
    }

    private func retry(on loop: isolated EventLoop) {
        run?.isRetry = true
        run?.sawEnd = false
        run?.answeredAt = nil
        connection.close(on: loop)
        openConnection(on: loop)
    }

    // MARK: Ending

    private enum End {
        case answered
        case failed(Failure)
    }

    private var phase: Phase { reader.hasStarted ? .transfer : .firstByte }

    private func evidence(_ error: SystemError? = nil) -> Evidence {
        Evidence(phase: phase, systemError: error, excerpt: reader.answer.flatMap { Excerpt.text(of: $0.body) })
    }

    private func fail(_ problem: HTTP1Problem, on loop: isolated EventLoop) {
        finish(.failed(Failure(problem.reason, problem.message, evidence: evidence())), keeps: false, on: loop)
    }

    private func finish(_ end: End, keeps: Bool, on loop: isolated EventLoop) {
        guard let run else { return }
        let ending: HTTPExchangeResult.Ending
        var phases = run.phases
        let answeredAt = reader.hasStarted ? run.answeredAt : nil
        phases.firstByte = run.sentAt.duration(to: max(run.sentAt, answeredAt ?? loop.now))
        if let answeredAt { phases.transfer = max(run.sentAt, answeredAt).duration(to: max(answeredAt, loop.now)) }
        switch end {
        case .answered:
            guard let answer = reader.answer else { preconditionFailure("a whole answer without a status line") }
            ending = .answered(answer)
        case .failed(let failure):
            let isTimeout = failure.reason == .timeout
            let layer = isTimeout ? Layer.l7Timeout : .l7Response
            ending = .failed(HTTPExchangeFailure(failure, at: layer), partial: reader.answer)
        }
        if !(keeps && reader.keepsConnection && request.connection == .reuse) { connection.close(on: loop) }
        tell(HTTPExchangeResult(ending: ending, phases: phases, address: peerText, isReused: run.isReused), on: loop)
    }

    private func tell(_ result: HTTPExchangeResult, on loop: isolated EventLoop) {
        guard let run else { return }
        if let timer = run.timer { loop.cancel(timer) }
        self.run = nil
        run.observer.exchanged(result, token: run.token, on: loop)
    }
}

extension HTTP1Exchange: HTTPExchange {
    func start(
        deadline: MonotonicInstant,
        adding fields: [HTTPField],
        token: UInt64,
        for observer: any HTTPExchangeObserver,
        on loop: isolated EventLoop
    ) {
        precondition(run == nil, "an exchange with \(request.url.text) starts before the one before has ended")
        let now = loop.kernel.now
        run = Run(
            observer: observer,
            token: token,
            startedAt: now,
            deadline: deadline,
            bytes: bytes.adding(fields),
            sentAt: now
        )
        guard connection.descriptor != nil else { return openConnection(on: loop) }
        run?.isReused = true
        guard connection.numericAddress == nil else { return send(on: loop) }
        // A name may have moved since.
        run?.stage = .checking
        run?.timer = loop.schedule(self, at: deadline)
        question &+= 1
        resolver.resolve(connection.host, port: connection.port, token: question, for: self, on: loop)
    }

    func liftDeadline(on loop: isolated EventLoop) {
        guard let run, run.stage == .waiting, let timer = run.timer else { return }
        loop.cancel(timer)
        self.run?.timer = nil
    }

    func cancel(on loop: isolated EventLoop) {
        guard let run else { return }
        if let timer = run.timer { loop.cancel(timer) }
        self.run = nil
        connection.close(on: loop)
    }

    func close(on loop: isolated EventLoop) {
        cancel(on: loop)
        connection.close(on: loop)
    }
}

extension HTTP1Exchange: ResolutionObserver {
    func resolved(_ answer: ResolutionAnswer, token: UInt64, on loop: isolated EventLoop) {
        guard let run, case .checking = run.stage, token == question else { return }
        loop.trace?.note(.dns, "\(connection.host): \(answer.summary)", at: loop.kernel.now)
        if case .addresses(let addresses) = answer, let peer, addresses.contains(peer), connection.descriptor != nil {
            return send(on: loop)
        }
        if let timer = run.timer { loop.cancel(timer) }
        self.run?.timer = nil
        connection.close(on: loop)
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
        guard let failure = report.failure else { return send(on: loop) }
        let ending = HTTPExchangeResult.Ending.failed(HTTPExchangeFailure(failure, at: report.layer), partial: nil)
        let address = report.address == nil ? nil : peerText
        tell(HTTPExchangeResult(ending: ending, phases: report.phases, address: address), on: loop)
    }

    func ready(_ connection: TCPConnection, _ events: Readiness.Events, on loop: isolated EventLoop) {
        let hasEnded = !events.isDisjoint(with: [.peerClosed, .hangUp, .error])
        guard let run, run.stage == .waiting else {
            // A kept connection that says something unasked, or ends, is of no more use.
            if hasEnded || events.contains(.readable) { idleConnectionSpoke(on: loop) }
            return
        }
        if events.contains(.writable), run.sent < run.bytes.count { write(on: loop) }
        if hasEnded { self.run?.sawEnd = true }
        if hasEnded || events.contains(.readable) { read(untilEnd: hasEnded, on: loop) }
    }

    private func idleConnectionSpoke(on loop: isolated EventLoop) {
        connection.close(on: loop)
        guard let run, run.stage == .checking else { return }
        if let timer = run.timer { loop.cancel(timer) }
        self.run?.timer = nil
        openConnection(on: loop)
    }
}

extension HTTP1Exchange: TimerHandler {
    /// The name has no answer, so that nobody knows whether the kept connection is still the right one.
    private func unresolved(after limit: Duration, on loop: isolated EventLoop) {
        connection.close(on: loop)
        let host = connection.host
        let ours = resolver.ownDelay(of: host, on: loop)
        let message = ours ?? "cannot resolve \(host): no answer within \(limit.readable)"
        let failure = Failure(ours == nil ? .dns : .internal, message, evidence: Evidence(phase: .dns))
        let ending = HTTPExchangeResult.Ending.failed(HTTPExchangeFailure(failure, at: .l4Timeout), partial: nil)
        tell(HTTPExchangeResult(ending: ending, phases: PhaseTimings(dns: limit)), on: loop)
    }

    /// The deadline has come; what a late loop has not been told of yet is looked at first.
    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        guard let run, run.timer == timer else { return }
        self.run?.timer = nil
        // Up to the whole millisecond: what the scheduler and we spent before the start is noise in a message.
        let limit = Duration.milliseconds((run.startedAt.duration(to: run.deadline) / .milliseconds(1)).rounded(.up))
        guard run.stage == .waiting else { return unresolved(after: limit, on: loop) }
        read(untilEnd: true, on: loop)
        guard self.run != nil else { return }
        let what = phase == .transfer ? "answer not complete" : "connected, but no answer"
        let failure = Failure(.timeout, "\(what) within \(limit.readable)", evidence: evidence())
        finish(.failed(failure), keeps: false, on: loop)
    }
}
