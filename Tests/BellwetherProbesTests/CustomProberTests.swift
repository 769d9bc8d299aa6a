// SPDX-License-Identifier: Apache-2.0

import Glibc
import HealthModel
import LinuxRuntime
import Probers
import Synchronization
import Testing

@Suite("CustomProber")
struct CustomProberTests {
    /// A check as a function.
    private struct FunctionCheck: CustomCheck {
        let body: @Sendable (String, Duration) async -> CustomVerdict

        @concurrent func run(target: String, timeLeft: Duration) async -> CustomVerdict { await body(target, timeLeft) }
    }

    /// A gate that a check waits at, on its thread, until the test opens it.
    private final class Gate: Sendable {
        /// A pipe that holds a byte for each who may pass.
        private let ends: [CInt]
        private static let mostPassing = 64
        let entered = Atomic<Int>(0)

        init() {
            var ends: [CInt] = [-1, -1]
            precondition(pipe(&ends) == 0, "no pipe: errno \(errno)")
            self.ends = ends
        }

        deinit {
            for end in ends { close(end) }
        }

        func open() { _ = write(ends[1], [UInt8](repeating: 0, count: Self.mostPassing), Self.mostPassing) }

        func block() {
            entered.add(1, ordering: .relaxed)
            var byte: UInt8 = 0
            _ = read(ends[0], &byte, 1)
        }
    }

    private static func withProber<Result: Sendable>(
        threads: Int = 4,
        _ check: @escaping @Sendable (String, Duration) async -> CustomVerdict,
        _ body: @Sendable (isolated EventLoop, CustomProber) async throws -> Result
    ) async throws -> Result {
        let loop = EventLoop(kernel: try SystemKernel())
        let thread = try LoopThread(running: loop, name: "test")
        let probe = CustomProbe(kind: "mine", settings: .none, check: FunctionCheck(body: check))
        let executor = ThreadPoolExecutor(limit: threads, name: "checks")
        let result = try await Self.run(on: loop, probe, executor, body)
        thread.stopAndJoin()
        return result
    }

    private static func run<Result: Sendable>(
        on loop: isolated EventLoop,
        _ probe: CustomProbe,
        _ executor: ThreadPoolExecutor,
        _ body: @Sendable (isolated EventLoop, CustomProber) async throws -> Result
    ) async throws -> Result {
        guard let name = TargetName("orders") else { preconditionFailure("a legal name was refused") }
        let prober = CustomProber(target: name, probe: probe, executor: executor)
        defer { prober.stop(on: loop) }
        return try await body(loop, prober)
    }

    @Test(
        "each result has its verdict, reason and layer",
        arguments: [
            (Verdict.healthy, nil, Layer.l7OK), (.degraded, .status, .l7OK), (.unhealthy, .status, .l7Status),
            (.unknown, .internal, .l7Response),
        ] as [(Verdict, FailureReason?, Layer)]
    )
    func results(verdict: Verdict, reason: FailureReason?, layer: Layer) async throws {
        let outcome = try await Self.withProber { name, left in
            CustomVerdict(verdict: verdict, message: "\(name) \(left > .seconds(19))\n\u{1B}[31m")
        } _: { loop, prober in
            await loop.outcome(of: prober, timeout: .seconds(20))
        }
        #expect(outcome.verdict == verdict)
        #expect(outcome.failure?.reason == reason)
        #expect(outcome.layer == layer)
        #expect(outcome.message.hasPrefix("orders true"))
        #expect(!outcome.message.unicodeScalars.contains("\u{1B}"))
    }

    @Test("a check that ignores its deadline has timed out then, and so have the next runs, without a second check")
    func hangs() async throws {
        let gate = Gate()
        let outcomes = try await Self.withProber { _, _ in
            gate.block()
            return CustomVerdict(verdict: .healthy, message: "late")
        } _: { loop, prober in
            let first = await loop.outcome(of: prober, timeout: .milliseconds(200))
            let second = await loop.outcome(of: prober, timeout: .seconds(20))
            gate.open()
            // The late answer is dropped; once it has come, runs begin again.
            var last = second
            while last.verdict != .healthy {
                await Task.yield()
                last = await loop.outcome(of: prober, timeout: .seconds(20))
            }
            return [first, second, last]
        }
        #expect(outcomes.map(\.failure?.reason) == [.timeout, .timeout, nil])
        #expect(outcomes[0].message.hasPrefix("the check did not return within "))
        #expect(outcomes[0].duration >= .milliseconds(200))
        #expect(outcomes[1].message.hasPrefix("the check of an earlier run is under way since "))
        #expect(outcomes[1].duration < .seconds(10))
        #expect(gate.entered.load(ordering: .relaxed) == 2)
    }

    @Test("at the deadline the check's task is cancelled")
    func cancelled() async throws {
        let outcome = try await Self.withProber { _, _ in
            while !Task.isCancelled { await Task.yield() }
            return CustomVerdict(verdict: .healthy, message: "")
        } _: { loop, prober in
            _ = await loop.outcome(of: prober, timeout: .milliseconds(50))
            // Only a check that has returned lets another begin.
            while true {
                await Task.yield()
                let next = await loop.outcome(of: prober, timeout: .milliseconds(50))
                if next.message.hasPrefix("the check did not return") { return next }
            }
        }
        #expect(outcome.failure?.reason == .timeout)
    }

    @Test("P7: a check for which no thread was free proves nothing")
    func noThread() async throws {
        let gate = Gate()
        let loop = EventLoop(kernel: try SystemKernel())
        let thread = try LoopThread(running: loop, name: "test")
        let executor = ThreadPoolExecutor(limit: 1, name: "checks")
        let blocking = CustomProbe(
            kind: "mine",
            settings: .none,
            check: FunctionCheck { _, _ in
                gate.block()
                return CustomVerdict(verdict: .healthy, message: "")
            }
        )
        let outcomes = try await Self.run(on: loop, blocking, executor) { loop, first in
            let one = await loop.outcome(of: first, timeout: .milliseconds(100))
            let two = try await Self.run(on: loop, blocking, executor) { loop, second in
                await loop.outcome(of: second, timeout: .milliseconds(100))
            }
            return [one, two]
        }
        gate.open()
        thread.stopAndJoin()
        #expect(outcomes.map(\.failure?.reason) == [.timeout, .internal])
        #expect(outcomes[1].message == "no thread was free for the check: all 1 are taken")
    }
}

extension EventLoop {
    /// One run of a prober that lives on this loop.
    fileprivate func outcome(of prober: CustomProber, timeout: Duration) async -> Outcome {
        await withCheckedContinuation(isolation: self) { continuation in
            let observer = Resumer(continuation)
            prober.start(ProbeRunID(1), deadline: kernel.now.advanced(by: timeout), for: observer, on: self)
        }
    }
}

/// Resumes a continuation with the outcome; a second outcome would trap.
private final class Resumer: ProbeObserver {
    private let continuation: CheckedContinuation<Outcome, Never>

    init(_ continuation: CheckedContinuation<Outcome, Never>) {
        self.continuation = continuation
    }

    func finished(_ run: ProbeRunID, with outcome: Outcome, on loop: isolated EventLoop) {
        continuation.resume(returning: outcome)
    }
}
