// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import Probers
import SimulatedSystem
import Synchronization
import Testing

@testable import Agent

@Suite("ProbeSeries")
struct ProbeSeriesTests {
    /// Ends each run after what the test says; `.zero` within the start.
    private final class ScriptedProber: Prober, TimerHandler {
        private var durations: [Duration]
        private let origin: MonotonicInstant
        private(set) var starts: [Int] = []
        private(set) var isStopped = false
        private var run: (id: ProbeRunID, observer: any ProbeObserver, startedAt: MonotonicInstant)?
        private var timer: TimerID?

        init(_ durations: [Duration], from origin: MonotonicInstant) {
            self.durations = durations
            self.origin = origin
        }

        func start(
            _ run: ProbeRunID,
            deadline: MonotonicInstant,
            for observer: any ProbeObserver,
            on loop: isolated EventLoop
        ) {
            starts.append(Int(origin.duration(to: loop.now) / .milliseconds(1)))
            self.run = (run, observer, loop.now)
            let duration = durations.removeFirst()
            guard duration > .zero else { return finish(on: loop) }
            timer = loop.schedule(self, at: loop.now.advanced(by: duration))
        }

        func stop(on loop: isolated EventLoop) {
            isStopped = true
            if let timer { loop.cancel(timer) }
        }

        func timerFired(_ timer: TimerID, on loop: isolated EventLoop) { finish(on: loop) }

        private func finish(on loop: isolated EventLoop) {
            guard let run else { return }
            self.run = nil
            let duration = run.startedAt.duration(to: loop.now)
            run.observer.finished(
                run.id,
                with: Outcome(verdict: .healthy, layer: .l4OK, startedAt: run.startedAt, duration: duration),
                on: loop
            )
        }
    }

    private final class Listener: ProbeSeriesListener {
        private(set) var numbers: [Int] = []
        let most: Int

        init(most: Int) {
            self.most = most
        }

        func ran(_ number: Int, _ outcome: Outcome, on loop: isolated EventLoop) -> Bool {
            numbers.append(number)
            return numbers.count < most
        }
    }

    private struct Seen: Sendable {
        var starts: [Int] = []
        var numbers: [Int] = []
        var isStopped = false
    }

    /// Runs a series for ten simulated minutes, whose prober took `preparation` to make, and interrupts it after `interruption`.
    private static func series(
        _ durations: [Int],
        count: Int?,
        interval: Duration,
        preparation: Duration = .zero,
        most: Int = 100,
        interruption: Duration? = nil
    ) async throws -> Seen {
        let spec = ProbeSpec(
            name: try #require(TargetName("a")),
            probe: .tcp(TCPProbe(address: try HostPort("a:1")))
        )
        let machine = SimulatedMachine()
        let seen = Mutex(Seen())
        await OwnThread.run {
            machine.loop.simulate(.seconds(600)) { loop in
                let prober = ScriptedProber(durations.map { .milliseconds($0) }, from: loop.now)
                let listener = Listener(most: most)
                let series = ProbeSeries(
                    spec,
                    prober: prober,
                    repetition: ProbeRepetition(count: count, interval: interval),
                    listener: listener
                )
                machine.kernel.advance(by: preparation)
                series.begin(on: loop)
                if let interruption {
                    loop.schedule(at: loop.now.advanced(by: interruption)) { series.signalled(.interrupt, on: loop) }
                }
                loop.schedule(at: loop.now.advanced(by: .seconds(599))) {
                    let result = Seen(
                        starts: prober.starts,
                        numbers: listener.numbers,
                        isStopped: prober.isStopped
                    )
                    seen.withLock { $0 = result }
                }
            }
        }
        return seen.withLock { $0 }
    }

    @Test("runs start at the interval; one that took longer is followed by the next at once")
    func pace() async throws {
        let seen = try await Self.series([10, 0, 250, 10, 10], count: 5, interval: .milliseconds(100))
        #expect(seen.starts == [0, 100, 200, 450, 550])
        #expect(seen.numbers == [1, 2, 3, 4, 5])
        #expect(seen.isStopped)
    }

    @Test("the first run begins after all was made ready, and takes none of that for its own time")
    func preparation() async throws {
        let seen = try await Self.series([10, 10], count: 2, interval: .seconds(1), preparation: .milliseconds(30))
        #expect(seen.starts == [30, 1_030])
    }

    @Test("runs that end within their start take no turn twice")
    func atOnce() async throws {
        let seen = try await Self.series(Array(repeating: 0, count: 50), count: 50, interval: .milliseconds(10))
        #expect(seen.starts == (0..<50).map { $0 * 10 })
        #expect(seen.isStopped)
    }

    @Test("a signal ends a run under way, and a wait between two")
    func interruption() async throws {
        let within = try await Self.series(
            [10, 500],
            count: nil,
            interval: .seconds(1),
            interruption: .milliseconds(1_200)
        )
        #expect(within.starts == [0, 1_000])
        #expect(within.numbers == [1])
        #expect(within.isStopped)
        let between = try await Self.series(
            [10, 10],
            count: nil,
            interval: .seconds(1),
            interruption: .milliseconds(1_500)
        )
        #expect(between.numbers == [1, 2])
        #expect(between.isStopped)
    }

    @Test("a series that nobody reads ends")
    func unread() async throws {
        let seen = try await Self.series([10, 10, 10], count: nil, interval: .seconds(1), most: 2)
        #expect(seen.numbers == [1, 2])
        #expect(seen.isStopped)
    }

    @Test("--repeat and --interval are read, and refused by name")
    func options() throws {
        #expect(try ProbeRepetition.read(count: nil, interval: nil) == nil)
        #expect(try ProbeRepetition.read(count: 3, interval: nil) == ProbeRepetition(count: 3, interval: .seconds(1)))
        #expect(
            try ProbeRepetition.read(count: nil, interval: "250ms")
                == ProbeRepetition(count: nil, interval: .milliseconds(250))
        )
        #expect(throws: ProbeRefusal(.usage, "bellwether: --repeat: 0 is out of range (1 to 1000000)")) {
            try ProbeRepetition.read(count: 0, interval: nil)
        }
        for text in ["1", "0ms", "2d"] {
            let message = "bellwether: --interval: \"\(text)\" is not a duration of 1ms to 1d (use 500ms, 5s, 2m)"
            #expect(throws: ProbeRefusal(.usage, message)) { try ProbeRepetition.read(count: 1, interval: text) }
        }
    }
}
