// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

private struct RecordingHandler: AlertHandler {
    let alerts = Recorder<Alert>()

    func handle(_ alert: Alert) async { alerts.append(alert) }

    func wait(for count: Int) async {
        while alerts.values.count < count { await Task.yield() }
    }
}

private struct FailingHandler: AlertHandler {
    func handle(_ alert: Alert) async throws { throw ScriptedFailure("mail server down") }
}

private struct StuckHandler: AlertHandler {
    let gate: Gate
    func handle(_ alert: Alert) async { await gate.wait() }
}

@Suite("Alert manager", .timeLimit(.minutes(1)))
struct AlertManagerTests {
    private let clock = ManualClock()

    private func makeBreaker(_ alerts: AlertManager) -> CircuitBreaker {
        CircuitBreaker(
            name: "checkout",
            configuration: .consecutive(1),
            time: clock.timeSource,
            wallClock: WallClock { [clock] in .seconds(1_000) + clock.now.offset },
            onTransition: alerts.observe
        )
    }

    private func fail(_ breaker: CircuitBreaker) {
        _ = try? breaker.run { throw ScriptedFailure("refused") }
    }

    @Test("open raises one critical alert, closed resolves the same one (row A1, T10)")
    func openAndClose() async throws {
        let handler = RecordingHandler()
        let alerts = AlertManager(handlers: [handler], seed: 1)
        let running = Task { await alerts.run() }
        let breaker = makeBreaker(alerts)
        fail(breaker)
        await handler.wait(for: 1)
        #expect(alerts.activeAlerts.count == 1)
        clock.advance(by: .seconds(5))
        #expect(breaker.state == .halfOpen)
        _ = try breaker.run { 1 }
        await handler.wait(for: 2)
        running.cancel()
        await running.value
        let seen = handler.alerts.values
        #expect(seen.count == 2)
        #expect(seen[0].severity == .critical)
        #expect(seen[0].type == "circuit_breaker_open")
        #expect(seen[0].message == "circuit breaker checkout is open: 1 consecutive failure: refused")
        #expect(
            seen[0].metadata
                == ["endpoint": "checkout", "reason": "1 consecutive failure: refused", "timestamp": "1000"]
        )
        #expect(seen[0].timestamp == .seconds(1_000))
        #expect(!seen[0].isResolved)
        #expect(seen[1].id == seen[0].id)
        #expect(seen[0].id.count == 32)
        #expect(seen[1].isResolved)
        #expect(seen[1].resolvedAt == .seconds(1_005))
        #expect(alerts.activeAlerts.isEmpty)
    }

    @Test("a breaker that keeps reopening has one alert")
    func deduplicated() async {
        let handler = RecordingHandler()
        let alerts = AlertManager(handlers: [handler], seed: 1)
        let breaker = makeBreaker(alerts)
        for _ in 0..<5 {
            fail(breaker)
            clock.advance(by: .seconds(5))
        }
        breaker.reset()
        let running = Task { await alerts.run() }
        await handler.wait(for: 2)
        running.cancel()
        await running.value
        #expect(handler.alerts.values.map(\.isResolved) == [false, true])
    }

    @Test("a handler that hangs or fails delays neither the breaker nor the others (T10)")
    func slowHandler() async {
        let handler = RecordingHandler()
        let gate = Gate()
        let alerts = AlertManager(
            handlers: [StuckHandler(gate: gate), FailingHandler(), handler],
            queueSize: 2,
            seed: 1
        )
        let running = Task { await alerts.run() }
        for number in 0..<10 {
            alerts.raise(type: "test", endpoint: "e\(number)", severity: .warning, message: "trouble")
            await handler.wait(for: number + 1)
        }
        while alerts.failedDeliveries[1] < 10 { await Task.yield() }
        #expect(alerts.failedDeliveries == [0, 10, 0])
        #expect(alerts.lostAlerts[0] >= 7)
        #expect(alerts.lostAlerts[2] == 0)
        gate.open()
        running.cancel()
        await running.value
    }

    @Test("active alerts are listed, the worst first, then the oldest")
    func listed() {
        let alerts = AlertManager(handlers: [], seed: 1)
        alerts.raise(type: "a", endpoint: "x", severity: .info, message: "m", at: .seconds(1))
        alerts.raise(type: "a", endpoint: "y", severity: .critical, message: "m", at: .seconds(3))
        alerts.raise(type: "a", endpoint: "z", severity: .critical, message: "m", at: .seconds(2))
        #expect(alerts.activeAlerts.map { $0.timestamp } == [.seconds(2), .seconds(3), .seconds(1)])
        alerts.resolve(type: "a", endpoint: "z")
        alerts.resolve(type: "a", endpoint: "unknown")
        #expect(alerts.activeAlerts.count == 2)
    }
}
