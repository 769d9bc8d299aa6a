// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

private struct Listener: AlertHandler {
    let alerts = Recorder<Alert>()

    func handle(_ alert: Alert) async { alerts.append(alert) }
}

@Suite("Alert manager: many callers at once", .timeLimit(.minutes(5)))
struct AlertConcurrencyTests {
    @Test("what is raised and resolved by many tasks is delivered raised first, each once")
    func order() async {
        let listener = Listener()
        let alerts = AlertManager(handlers: [listener], queueSize: 1_000_000, seed: 1)
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        alerts.raise(type: "test", endpoint: "db", severity: .warning, message: "trouble")
                        alerts.resolve(type: "test", endpoint: "db")
                    }
                }
            }
        }
        alerts.raise(type: "test", endpoint: "last", severity: .info, message: "the end")
        let running = Task { await alerts.run() }
        while listener.alerts.values.last?.message != "the end" { await Task.yield() }
        running.cancel()
        await running.value
        let seen = listener.alerts.values.dropLast()
        #expect(seen.count.isMultiple(of: 2))
        #expect(seen.enumerated().allSatisfy { $0.element.isResolved == !$0.offset.isMultiple(of: 2) })
        #expect(zip(seen, seen.dropFirst()).allSatisfy { !$1.isResolved || $0.id == $1.id })
    }
}
