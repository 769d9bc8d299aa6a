// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import SimulatedSystem
import Synchronization
import Testing

@testable import SocketTransport

@Suite("HTTP1Exchange: runs that serve again")
struct HTTP1RunTests {
    private static let answer = ReadResult.bytes(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8))

    @Test("a run that begins anew has nothing of the exchange before, and holds nobody afterwards")
    func anew() throws {
        let instant = MonotonicInstant(nanoseconds: 5)
        let run = ExchangeRun()
        run.begin(from: instant, to: .never, token: 7, for: Asker(1, Log()))
        #expect(run.observer != nil)
        run.stage = .securing
        (run.isReused, run.isRetry) = (true, true)
        (run.sentAt, run.answeredAt) = (.never, .never)
        run.phases.connect = .seconds(1)
        #expect(run.end() != nil)
        #expect(run.observer == nil)

        let later = MonotonicInstant(nanoseconds: 9)
        run.begin(from: later, to: instant, token: 8, for: Asker(1, Log()))
        #expect(run.generation == 2)
        #expect(run.token == 8)
        #expect(run.startedAt == later)
        #expect(run.deadline == instant)
        #expect(run.stage == .connecting)
        #expect(!run.isReused)
        #expect(!run.isRetry)
        #expect(run.sentAt == later)
        #expect(run.answeredAt == nil)
        #expect(run.phases == PhaseTimings())
        #expect(run.timer == nil)
    }

    @Test("runs that are over are taken again, and a bounded number of them is kept")
    func workspace() {
        let workspace = HTTP1Workspace()
        let first = workspace.takeRun()
        #expect(workspace.takeRun() !== first)
        workspace.keep(first)
        #expect(workspace.takeRun() === first)
        for _ in 0..<HTTP1Workspace.runCapacity { workspace.keep(HTTP1Exchange.Run()) }
        workspace.keep(first)
        for _ in 0..<HTTP1Workspace.runCapacity { #expect(workspace.takeRun() !== first) }
    }

    @Test("an exchange that begins within the late answer of the one before does not end by that one's deadline")
    func successor() throws {
        let machine = SimulatedMachine(seed: 1, network: .always(.accepts(after: .zero)))
        let kernel = ScriptedKernel(machine.kernel)
        let request = try plainRequest(80, host: "10.0.0.1") { $0.connection = .reuse }
        let log = Log()
        // Found only by the look at the deadline, which is after 100 ms; the second comes in order.
        kernel.hasUntold([Self.answer], after: .milliseconds(50))
        kernel.gives([Self.answer], after: .milliseconds(150))
        EventLoop(kernel: kernel, descriptorLimit: 10).simulate(.seconds(1)) { [machine] loop in
            let exchange = HTTP1Exchange(request, resolver: machine.resolver, workspace: HTTP1Workspace())
            Asker(2, log).ask(exchange, on: loop)
        }
        #expect(log.lines == ["200 after 100ms", "200 after 50ms"])
    }
}

/// What was seen, line by line.
private final class Log: Sendable {
    private let state = Mutex<[String]>([])

    var lines: [String] { state.withLock(\.self) }

    func add(_ line: String) {
        state.withLock { $0.append(line) }
    }
}

/// Runs an exchange so many times, each within 100 ms and from within the answer of the one before, then closes it.
private final class Asker: HTTPExchangeObserver {
    private let log: Log
    private var left: Int
    private var exchange: HTTP1Exchange?
    private var startedAt = MonotonicInstant(nanoseconds: 0)

    init(_ times: Int, _ log: Log) {
        self.log = log
        left = times
    }

    func ask(_ exchange: HTTP1Exchange, on loop: isolated EventLoop) {
        self.exchange = exchange
        left -= 1
        startedAt = loop.kernel.now
        exchange.start(deadline: startedAt.advanced(by: .milliseconds(100)), token: 0, for: self, on: loop)
    }

    func exchanged(_ result: HTTPExchangeResult, token: UInt64, on loop: isolated EventLoop) {
        let end = result.failure.map(\.failure.message) ?? "\(result.answer?.status ?? 0)"
        log.add("\(end) after \(startedAt.duration(to: loop.kernel.now).readable)")
        guard let exchange else { return }
        if left > 0 { ask(exchange, on: loop) } else { exchange.close(on: loop) }
    }
}
