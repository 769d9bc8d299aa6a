// SPDX-License-Identifier: Apache-2.0

import Resilience
import ResilienceTestKit
import Testing

/// Deadlines inside deadlines, beside the smallest of their instants.
private struct DeadlineTwins: Twins {
    indirect enum Command: Sendable {
        case within(milliseconds: Int, [Command])
        case inChildTask([Command])
        case advance(milliseconds: Int)
        case inbound(milliseconds: Int, [Command])
    }

    private let clock = ManualClock()

    init(_ random: inout SeededRandom) {}

    var setting: String { "no deadline" }

    static func command(_ random: inout SeededRandom) -> Command {
        tree(&random, depth: 4)
    }

    private static func tree(_ random: inout SeededRandom, depth: Int) -> Command {
        func children() -> [Command] {
            (0..<Int.random(in: 0...3, using: &random)).map { _ in tree(&random, depth: depth - 1) }
        }
        let kind = depth == 0 ? 9 : Int.random(in: 0..<10, using: &random)
        switch kind {
        case ..<4: return .within(milliseconds: Int.random(in: -10...3_000, using: &random), children())
        case ..<6: return .inChildTask(children())
        case 6: return .inbound(milliseconds: Int.random(in: 0...3_000, using: &random), children())
        default: return .advance(milliseconds: Int.random(in: 0...400, using: &random))
        }
    }

    func play(_ command: Command) async -> String? {
        await play(command, ends: nil)
    }

    private func play(_ command: Command, ends: Duration?) async -> String? {
        let now = clock.now.offset
        let time = clock.timeSource
        switch command {
        case .within(let milliseconds, let children):
            let end = min(ends ?? now + .milliseconds(milliseconds), now + .milliseconds(milliseconds))
            if let text = await withDeadline(.milliseconds(milliseconds), time: time, { await play(children, end) }) {
                return text
            }
        case .inbound(let milliseconds, let children):
            guard let deadline = Deadline(requestDeadlineMilliseconds: "\(milliseconds)", time: time) else {
                return "\(milliseconds) is not read"
            }
            let end = min(ends ?? now + .milliseconds(milliseconds), now + .milliseconds(milliseconds))
            if let text = await withDeadline(deadline, { await play(children, end) }) { return text }
        case .inChildTask(let children):
            async let text = play(children, ends)
            if let text = await text { return text }
        case .advance(let milliseconds):
            clock.advance(by: .milliseconds(milliseconds))
        }
        return look(ends)
    }

    private func play(_ commands: [Command], _ ends: Duration?) async -> String? {
        if let text = look(ends) { return text }
        for command in commands {
            if let text = await play(command, ends: ends) { return text }
        }
        return nil
    }

    private func look(_ ends: Duration?) -> String? {
        let left = ends.map { $0 - clock.now.offset }
        let outbound = left.map { max(0, Int(($0 - .milliseconds(5)) / .milliseconds(1))) }
        return firstDifference(
            difference("what is left", Deadline.current?.remaining, left),
            difference("passed", Deadline.current?.hasPassed, left.map { $0 <= .zero }),
            difference("outbound", Deadline.current?.requestDeadlineMilliseconds(), outbound.map { "\($0)" })
        )
    }
}

@Suite("Deadline: against a naive model")
struct DeadlineModelTests {
    @Test("in random nests and child tasks the earliest of all deadlines is in force", arguments: 0..<60)
    func model(seed: UInt64) async {
        await check(DeadlineTwins.self, seed: seed, steps: 20)
    }
}
