// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

/// The ledger beside a list of active alerts.
private struct AlertTwins: Twins {
    enum Command: Sendable {
        case raise(Int, Alert.Severity)
        case resolve(Int)
    }

    private var ledger: AlertLedger
    private var active: [(endpoint: Int, alert: Alert)] = []
    private var ids: Set<String> = []
    private var now = Duration.zero

    init(_ random: inout SeededRandom) {
        ledger = AlertLedger(random: SplitMix64(seed: random.next()))
    }

    var setting: String { "an empty ledger" }

    static func command(_ random: inout SeededRandom) -> Command {
        let endpoint = Int.random(in: 0..<6, using: &random)
        guard random.chance(0.6) else { return .resolve(endpoint) }
        return .raise(endpoint, Alert.Severity.allCases[Int.random(in: 0..<3, using: &random)])
    }

    mutating func play(_ command: Command) -> String? {
        now += .seconds(1)
        let text: String?
        switch command {
        case .raise(let endpoint, let severity): text = raise(endpoint, severity)
        case .resolve(let endpoint): text = resolve(endpoint)
        }
        // The list is in order of time; sorting keeps that order among the equally bad.
        let expected = active.map(\.alert).sorted { $0.severity > $1.severity }.map(\.id)
        return text ?? difference("the list", ledger.alerts.map(\.id), expected)
    }

    private mutating func raise(_ endpoint: Int, _ severity: Alert.Severity) -> String? {
        let isKnown = active.contains { $0.endpoint == endpoint }
        let alert = ledger.raise(
            type: "test",
            endpoint: "\(endpoint)",
            severity: severity,
            message: "trouble",
            metadata: [:],
            at: now
        )
        guard let alert else { return isKnown ? nil : "no alert for a new trouble" }
        if isKnown { return "a second alert for the same trouble" }
        active.append((endpoint, alert))
        return ids.insert(alert.id).inserted && alert.id.count == 32 ? nil : "the id \(alert.id) is not new"
    }

    private mutating func resolve(_ endpoint: Int) -> String? {
        let place = active.firstIndex { $0.endpoint == endpoint }
        let resolved = ledger.resolve(type: "test", endpoint: "\(endpoint)", at: now)
        guard let place else { return difference("what is resolved", resolved, nil) }
        var expected = active.remove(at: place).alert
        expected.isResolved = true
        expected.resolvedAt = now
        return difference("what is resolved", resolved, expected)
    }
}

@Suite("Alert ledger: against a naive model")
struct AlertModelTests {
    @Test("random troubles have one alert each, which is resolved once and listed in order", arguments: 0..<50)
    func ledger(seed: UInt64) async {
        await check(AlertTwins.self, seed: seed, steps: 200)
    }

    @Test("beyond its capacity the ledger still delivers, and keeps what it has")
    func full() {
        var ledger = AlertLedger(random: SplitMix64(seed: 1))
        func raise(_ endpoint: Int) -> Alert? {
            ledger.raise(type: "t", endpoint: "\(endpoint)", severity: .info, message: "m", metadata: [:], at: nil)
        }
        for endpoint in 0..<AlertLedger.capacity { #expect(raise(endpoint) != nil) }
        #expect(raise(AlertLedger.capacity) != nil)
        #expect(ledger.alerts.count == AlertLedger.capacity)
        #expect(ledger.resolve(type: "t", endpoint: "\(AlertLedger.capacity)", at: nil) == nil)
        #expect(ledger.resolve(type: "t", endpoint: "0", at: nil) != nil)
        #expect(raise(AlertLedger.capacity) != nil)
        #expect(ledger.alerts.count == AlertLedger.capacity)
    }
}
