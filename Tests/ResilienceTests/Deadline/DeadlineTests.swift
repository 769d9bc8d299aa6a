// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

@Suite("Deadline")
struct DeadlineTests {
    private let clock = ManualClock()
    private var time: TimeSource { clock.timeSource }

    @Test("a nested deadline is the earlier of the two (row D1)", arguments: [(1, 5, 1), (5, 1, 1)])
    func nested(outer: Int, inner: Int, expected: Int) async {
        let time = time
        await withDeadline(.seconds(outer), time: time) {
            await withDeadline(.seconds(inner), time: time) {
                #expect(Deadline.current?.remaining == .seconds(expected))
            }
            #expect(Deadline.current?.remaining == .seconds(outer))
        }
        #expect(Deadline.current == nil)
    }

    @Test("an inner deadline of 5 s within one of 1 s leaves at most 1 s, and less is sent on (row D1)")
    func sentOn() async throws {
        let inbound = try #require(Deadline(requestDeadlineMilliseconds: "1000", time: time))
        let time = time
        await withDeadline(inbound) {
            await withDeadline(.seconds(5), time: time) {
                #expect(Deadline.current?.remaining == .seconds(1))
                #expect(Deadline.current?.requestDeadlineMilliseconds() == "995")
                #expect(Deadline.current?.grpcTimeout() == "995m")
            }
        }
    }

    @Test("child tasks inherit the deadline, and it runs down")
    func inherited() async {
        await withDeadline(.seconds(3), time: time) {
            async let remaining = Deadline.current?.remaining
            #expect(await remaining == .seconds(3))
            clock.advance(by: .seconds(2))
            #expect(Deadline.current?.remaining == .seconds(1))
            clock.advance(by: .seconds(1))
            #expect(Deadline.current?.hasPassed == true)
        }
    }

    @Test("the error of the operation keeps its type")
    func typedError() async {
        await #expect(throws: ScriptedFailure("x")) {
            try await withDeadline(.seconds(1), time: time) { () throws(ScriptedFailure) in throw ScriptedFailure("x") }
        }
    }

    @Test(
        "a grpc-timeout is read in every unit",
        arguments: [
            ("1H", Duration.seconds(3_600)), ("2M", .seconds(120)), ("3S", .seconds(3)), ("250m", .milliseconds(250)),
            ("7u", .microseconds(7)), ("9n", .nanoseconds(9)), ("99999999H", .seconds(3_600)), ("0m", .zero),
        ]
    )
    func grpcTimeout(header: String, expected: Duration) {
        #expect(Deadline(grpcTimeout: header, time: time)?.remaining == expected)
    }

    @Test(
        "a malformed header gives no deadline",
        arguments: ["", "S", "12", "123456789S", "-1S", "1.5S", "1s", "٣S", " 1S"]
    )
    func malformed(header: String) {
        #expect(Deadline(grpcTimeout: header, time: time) == nil)
    }

    @Test(
        "a header in milliseconds is read and clamped",
        arguments: [("1500", 1_500), ("999999999", 3_600_000), ("0", 0)]
    )
    func milliseconds(header: String, expected: Int) {
        #expect(
            Deadline(requestDeadlineMilliseconds: header, time: time)?.remaining == .milliseconds(expected)
        )
    }

    @Test("an outbound header is less than the inbound one and rounded down (row D1)")
    func outbound() throws {
        let deadline = try #require(Deadline(grpcTimeout: "1S", time: time))
        clock.advance(by: .microseconds(100_500))
        #expect(deadline.grpcTimeout() == "894m")
        #expect(deadline.requestDeadlineMilliseconds() == "894")
        #expect(deadline.grpcTimeout(allowance: .seconds(2)) == "0m")
        #expect(Deadline(after: .seconds(200_000), time: time).grpcTimeout(allowance: .zero) == "200000S")
    }
}

@Suite("Timeout")
struct TimeoutTests {
    private let clock = ManualClock()

    @Test("a result in time is returned", .timeLimit(.minutes(1)), arguments: [true, false])
    func inTime(abandons: Bool) async throws {
        let mode: TimeoutMode = abandons ? .abandon() : .cooperative
        #expect(try await withTimeout(.seconds(1), mode: mode, time: clock.timeSource) { 7 } == 7)
    }

    @Test("an operation that hangs is cancelled when its time is up", .timeLimit(.minutes(1)))
    func hangs() async {
        let dependency = ScriptedDependency<Int>(clock: clock, [.hang])
        let time = clock.timeSource
        let task = Task { () async -> Result<Int, any Error> in
            do {
                return .success(try await withTimeout(.seconds(1), time: time) { try await dependency.call() })
            } catch {
                return .failure(error)
            }
        }
        await clock.waitForSleepers(2)
        clock.advance(by: .seconds(1))
        guard case .failure(TimeoutError<any Error>.timedOut(let limit)) = await task.value else {
            Issue.record("not timed out")
            return
        }
        #expect(limit == .seconds(1))
        #expect(clock.sleeperCount == 0)
    }

    @Test("an operation that ignores its cancellation is left behind and counted", .timeLimit(.minutes(1)))
    func abandoned() async {
        let gate = Gate()
        let counter = AbandonedOperations()
        let time = clock.timeSource
        let task = Task { () async -> Bool in
            do throws(TimeoutError<Never>) {
                try await withTimeout(.seconds(1), mode: .abandon(counter: counter), time: time) { await gate.wait() }
                return false
            } catch {
                return error == .timedOut(after: .seconds(1))
            }
        }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(1))
        #expect(await task.value)
        #expect(counter.total == 1)
        #expect(counter.inFlight == 1)
        gate.open()
        while counter.inFlight > 0 { await Task.yield() }
        #expect(counter.total == 1)
    }

    @Test("the limit is the deadline in force when that is earlier, and the operation sees it", .timeLimit(.minutes(1)))
    func deadlineInForce() async throws {
        let time = clock.timeSource
        let seen = try await withDeadline(.seconds(1), time: time) {
            try await withTimeout(.seconds(5), time: time) { Deadline.current?.remaining }
        }
        #expect(seen == .seconds(1))
        let inner = try await withDeadline(.seconds(5), time: time) {
            try await withTimeout(.seconds(2), time: time) { Deadline.current?.remaining }
        }
        #expect(inner == .seconds(2))
    }

    @Test("nothing is started when no time is left", arguments: [Duration.zero, .seconds(-1)])
    func noTime(limit: Duration) async {
        let time = clock.timeSource
        await #expect(throws: TimeoutError<Never>.timedOut(after: .zero)) {
            try await withTimeout(limit, time: time) { _ = Issue.record("started") }
        }
    }

    @Test("a cancelled caller cancels the operation and gets what it answers", .timeLimit(.minutes(1)))
    func callerCancelled() async {
        let dependency = ScriptedDependency<Int>(clock: clock, [.hang])
        let time = clock.timeSource
        let task = Task { try await withTimeout(.seconds(1), time: time) { try await dependency.call() } }
        await clock.waitForSleepers(2)
        task.cancel()
        guard case .failure(let error) = await task.result,
            case TimeoutError<any Error>.operation(let inner) = error
        else {
            Issue.record("no error of the operation")
            return
        }
        #expect(inner is CancellationError)
    }
}
