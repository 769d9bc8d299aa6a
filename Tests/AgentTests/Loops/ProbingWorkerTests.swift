// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Synchronization
import Testing

@testable import Agent

/// A probing loop's part on virtual time; the mailboxes are real, and looked into when the test says so.
@Suite("ProbingWorker")
struct ProbingWorkerTests {
    private static let number = ProberNumber(number: 1)

    private static func spec(_ probe: Probe) throws -> ProbeSpec {
        ProbeSpec(name: try #require(TargetName("api")), probe: probe, interval: .seconds(60), timeout: .seconds(1))
    }

    /// Runs `body` with a worker on a simulated machine; gives all its reports, in words.
    private static func reports(
        _ machine: SimulatedMachine,
        for duration: Duration = .seconds(60),
        _ body: @escaping @Sendable (ProbingPost, ProbingWorker, isolated EventLoop) -> Void
    ) async throws -> [String] {
        let post = try ProbingPost(at: machine.kernel.now)
        await OwnThread.run {
            machine.loop.simulate(duration) { loop in
                let factory = ProberFactory(on: machine)
                body(post, ProbingWorker(post, factory: factory), loop)
            }
        }
        var all: [ProbingReport] = []
        post.reports.take(into: &all)
        return all.map(text)
    }

    private static func text(_ report: ProbingReport) -> String {
        switch report {
        case .finished(let number, let run, let outcome, let delay):
            let reason = outcome.failure.map { " \($0.reason.rawValue)" } ?? ""
            return "\(number.number)/\(run.number) \(outcome.verdict.rawValue)\(reason) after \(delay.readable)"
        case .outdated(let number): return "\(number.number) outdated"
        case .files(let problems): return problems.joined()
        case .ended: return "ended"
        }
    }

    @Test("a prober is made, runs as often as it is asked to, and is silent after it was stopped")
    func life() async throws {
        let machine = SimulatedMachine(web: .always(.answers(200, after: .milliseconds(5))))
        let spec = try Self.spec(.http(HTTPProbe(url: try HTTPURL("http://192.0.2.1/"))))
        let reports = try await Self.reports(machine) { post, worker, loop in
            let (now, deadline) = (loop.kernel.now, loop.kernel.now.advanced(by: .seconds(1)))
            post.orders.post(.make(Self.number, spec))
            post.orders.post(.start(Self.number, ProbeRunID(7), asked: now, deadline: deadline))
            worker.ready(0, [], on: loop)
            loop.schedule(at: deadline) {
                let again = deadline.advanced(by: .seconds(1))
                post.orders.post(.start(Self.number, ProbeRunID(8), asked: deadline, deadline: again))
                post.orders.post(.stop(Self.number))
                worker.ready(0, [], on: loop)
            }
        }
        #expect(reports == ["1/7 healthy after 0ms"])
        #expect(machine.leaks.isEmpty)
    }

    @Test("a run that is taken up late has its whole time all the same, so that a timeout is the target's")
    func late() async throws {
        let machine = SimulatedMachine(web: .always(.hangs))
        let spec = try Self.spec(.http(HTTPProbe(url: try HTTPURL("http://192.0.2.1/"))))
        let reports = try await Self.reports(machine) { post, worker, loop in
            let (now, deadline) = (loop.kernel.now, loop.kernel.now.advanced(by: .seconds(1)))
            post.orders.post(.make(Self.number, spec))
            post.orders.post(.start(Self.number, ProbeRunID(1), asked: now, deadline: deadline))
            machine.kernel.advance(by: .milliseconds(400))
            worker.ready(0, [], on: loop)
            loop.schedule(at: deadline.advanced(by: .seconds(1))) {
                post.orders.post(.end)
                worker.ready(0, [], on: loop)
            }
        }
        #expect(reports == ["1/1 unhealthy timeout after 400ms"])
        #expect(machine.leaks.isEmpty)
    }

    @Test("of many runs a turn begins a part, in their order, and those of a prober that was stopped never")
    func many() async throws {
        let machine = SimulatedMachine(web: .always(.answers(200, after: .zero)))
        let spec = try Self.spec(.http(HTTPProbe(url: try HTTPURL("http://192.0.2.1/"))))
        let count = UInt64(ProbeRunner.startsPerTurn) * 3
        let begunAtOnce = Mutex(0)
        let reports = try await Self.reports(machine) { post, worker, loop in
            let (now, deadline) = (loop.kernel.now, loop.kernel.now.advanced(by: .seconds(1)))
            for number in 1...count {
                let prober = ProberNumber(number: number)
                post.orders.post(.make(prober, spec))
                post.orders.post(.start(prober, ProbeRunID(number), asked: now, deadline: deadline))
            }
            worker.ready(0, [], on: loop)
            begunAtOnce.withLock { $0 = loop.budget.held }
            post.orders.post(.stop(ProberNumber(number: count)))
            worker.ready(0, [], on: loop)
            loop.schedule(at: deadline) {
                post.orders.post(.end)
                worker.ready(0, [], on: loop)
            }
        }
        #expect(begunAtOnce.withLock { $0 } == ProbeRunner.startsPerTurn)
        #expect(reports == (1..<count).map { "\($0)/\($0) healthy after 0ms" })
        #expect(machine.leaks.isEmpty)
    }

    @Test("the order to end stops every prober, also in the middle of a run")
    func end() async throws {
        let machine = SimulatedMachine(web: .always(.hangs))
        let spec = try Self.spec(.http(HTTPProbe(url: try HTTPURL("http://192.0.2.1/"))))
        let reports = try await Self.reports(machine) { post, worker, loop in
            let (now, deadline) = (loop.kernel.now, loop.kernel.now.advanced(by: .seconds(1)))
            for index in 1...3 {
                let number = ProberNumber(number: UInt64(index))
                post.orders.post(.make(number, spec))
                post.orders.post(.start(number, ProbeRunID(UInt64(index)), asked: now, deadline: deadline))
            }
            worker.ready(0, [], on: loop)
            post.orders.post(.end)
            worker.ready(0, [], on: loop)
        }
        #expect(reports.isEmpty)
        #expect(machine.leaks.isEmpty)
    }

    @Test("a watched service that changes again and again while nobody asks speaks up once")
    func outdated() async throws {
        func says(_ status: UInt8) -> [UInt8] { [0, 0, 0, 0, 2, 8, status] }
        let stream = SimulatedStream(
            after: .milliseconds(5),
            headers: [HTTPField(name: "content-type", value: "application/grpc")],
            pieces: [.init(after: .zero, says(1))]
                + (0..<6).map { .init(after: .seconds(1), says($0 % 2 == 0 ? 2 : 1)) }
        )
        let machine = SimulatedMachine(web: .always(.streams(stream)))
        let spec = try Self.spec(.grpc(GRPCProbe(address: try HostPort("10.0.0.7:50051"), mode: .watch)))
        let reports = try await Self.reports(machine) { post, worker, loop in
            let (now, deadline) = (loop.kernel.now, loop.kernel.now.advanced(by: .seconds(1)))
            post.orders.post(.make(Self.number, spec))
            post.orders.post(.start(Self.number, ProbeRunID(1), asked: now, deadline: deadline))
            worker.ready(0, [], on: loop)
            loop.schedule(at: now.advanced(by: .seconds(30))) {
                post.orders.post(.end)
                worker.ready(0, [], on: loop)
            }
        }
        #expect(reports == ["1/1 healthy after 0ms", "1 outdated"])
        #expect(machine.leaks.isEmpty)
    }
}
