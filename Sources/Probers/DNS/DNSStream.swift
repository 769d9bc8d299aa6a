// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import SocketTransport

/// Is told what a question over TCP came to; on the loop, once for each `ask`, not after `close`.
protocol DNSStreamObserver: AnyObject {
    /// A whole message came; the connection is closed already.
    func answered(_ stream: DNSStream, _ message: [UInt8], on loop: isolated EventLoop)
    /// None came; the connection is closed already.
    func failed(_ stream: DNSStream, _ failure: Failure, layer: Layer, on loop: isolated EventLoop)
}

/// One question and its answer over TCP, each after its length in two bytes (RFC 1035, section 4.2.2).
final class DNSStream {
    private let connection: TCPConnection
    private var observer: (any DNSStreamObserver)?
    private var unsent: ArraySlice<UInt8> = []
    private var answer: [UInt8] = []
    private var timer: TimerID?
    private var openedAt: MonotonicInstant?
    private var deadline = MonotonicInstant(nanoseconds: 0)
    /// How connecting went; nil while it is not decided.
    private(set) var report: ConnectReport?
    /// How long the answer took since the connection was open.
    private(set) var firstByte: Duration?

    init(host: String, port: UInt16, resolver: any Resolver) {
        connection = TCPConnection(host: host, port: port, resolver: resolver)
    }

    /// Sends `message` and waits for an answer until `deadline`.
    func ask(
        _ message: [UInt8],
        by deadline: MonotonicInstant,
        for observer: any DNSStreamObserver,
        on loop: isolated EventLoop
    ) {
        precondition(self.observer == nil, "a question is asked while another is under way")
        self.observer = observer
        self.deadline = deadline
        var bytes: [UInt8] = []
        bytes.append16(UInt16(message.count))
        unsent = (bytes + message)[...]
        answer = []
        openedAt = nil
        report = nil
        firstByte = nil
        connection.open(by: deadline, for: self, on: loop)
    }

    /// Ends the question without telling the observer.
    func close(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        connection.close(on: loop)
        observer = nil
    }

    /// The length that the answer announces; nil while that has not come.
    private var announced: Int? { answer.count >= 2 ? Int(answer[0]) << 8 | Int(answer[1]) : nil }

    private var isWhole: Bool { announced.map { answer.count >= $0 + 2 } ?? false }

    private func advance(on loop: isolated EventLoop) {
        guard let descriptor = connection.descriptor else { return }
        while !unsent.isEmpty {
            switch loop.kernel.write(descriptor, unsent) {
            case .wrote(let count):
                loop.trace?.sent(Array(unsent.prefix(count)), at: loop.kernel.now)
                unsent = unsent.dropFirst(count)
            case .wouldBlock: return
            case .failed(let error): return broken(error, on: loop)
            }
        }
        while !isWhole {
            let wanted = announced.map { $0 + 2 - answer.count } ?? 2 - answer.count
            switch loop.kernel.read(descriptor, limit: wanted) {
            case .bytes(let bytes):
                if firstByte == nil { firstByte = openedAt?.duration(to: loop.now) }
                loop.trace?.received(bytes, at: loop.kernel.now)
                answer += bytes
            case .wouldBlock: return
            case .end: return fail(.protocolError, closedEarly, layer: .l7Response, on: loop)
            case .failed(let error): return broken(error, on: loop)
            }
        }
        let observer = observer
        close(on: loop)
        observer?.answered(self, Array(answer.dropFirst(2)), on: loop)
    }

    private var closedEarly: String {
        guard let announced else { return "the server closed the connection without an answer" }
        return "the server closed the connection after \(answer.count - 2) of \(announced) bytes"
    }

    private func broken(_ error: SystemError, on loop: isolated EventLoop) {
        let isReset = error.code == ECONNRESET || error.code == EPIPE
        fail(
            isReset ? .reset : .unreachable,
            isReset ? "the server reset the connection" : "the connection broke: \(error.text)",
            layer: .l7Response,
            error: error,
            on: loop
        )
    }

    private func fail(
        _ reason: FailureReason,
        _ message: String,
        layer: Layer,
        error: SystemError? = nil,
        on loop: isolated EventLoop
    ) {
        let observer = observer
        close(on: loop)
        let evidence = Evidence(phase: firstByte == nil ? .firstByte : .transfer, systemError: error)
        observer?.failed(self, Failure(reason, message, evidence: evidence), layer: layer, on: loop)
    }
}

extension DNSStream: TCPConnectionObserver {
    func opened(_ connection: TCPConnection, _ report: ConnectReport, on loop: isolated EventLoop) {
        self.report = report
        if let failure = report.failure {
            let observer = observer
            close(on: loop)
            observer?.failed(self, failure, layer: report.layer, on: loop)
            return
        }
        openedAt = loop.now
        timer = loop.schedule(self, at: deadline)
        advance(on: loop)
    }

    func ready(_ connection: TCPConnection, _ events: Readiness.Events, on loop: isolated EventLoop) {
        advance(on: loop)
    }
}

extension DNSStream: TimerHandler {
    func timerFired(_ timer: TimerID, on loop: isolated EventLoop) {
        self.timer = nil
        // What came in time but was not handed out yet still counts.
        advance(on: loop)
        guard observer != nil, let openedAt else { return }
        let waited = openedAt.duration(to: deadline).readable
        let got = answer.isEmpty ? "no answer" : "\(answer.count) bytes of an answer"
        fail(.timeout, "\(got) over TCP within \(waited)", layer: .l7Timeout, on: loop)
    }
}
