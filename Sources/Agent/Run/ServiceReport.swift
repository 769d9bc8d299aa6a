// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What the service manager is told about the targets, decided from one snapshot after the other; pure.
///
/// The agent is ready when every required target has a verdict, or when `patience` has passed: what is started after it then finds
/// an answer that means something, and a target that never answers cannot hold up the machine's start.
struct ServiceReport: Hashable, Sendable {
    /// How long the first verdicts are waited for.
    static let patience = Duration.seconds(10)

    /// What to send.
    enum Message: Hashable, Sendable {
        case ready(status: String)
        case status(String)
    }

    /// Whether the service manager was told that the agent is ready.
    private(set) var isReady = false
    private var told = "waiting for the first verdicts"

    /// Takes a snapshot; nil when there is nothing new to say.
    mutating func take(_ snapshot: HealthSnapshot) -> Message? {
        let text = Self.line(for: snapshot)
        if !isReady && snapshot.isStarted {
            isReady = true
            told = text
            return .ready(status: text)
        }
        guard text != told else { return nil }
        told = text
        return .status(text)
    }

    /// Waits no longer; nil when the agent is ready already.
    mutating func giveUpWaiting() -> Message? {
        guard !isReady else { return nil }
        isReady = true
        return .ready(status: told)
    }

    /// The agent ends: whatever comes, it is not told to be ready any more.
    mutating func stop() {
        isReady = true
    }

    /// One line for `systemctl status`: the verdict, and of how many targets it is made.
    private static func line(for snapshot: HealthSnapshot) -> String {
        let census = snapshot.census
        let parts = TargetStatus.allCases.filter { census[$0] > 0 }.map { "\(census[$0]) \($0.rawValue)" }
        let targets = parts.isEmpty ? "no targets" : parts.joined(separator: ", ")
        return "\(snapshot.aggregate.status.rawValue): \(targets)"
    }
}
