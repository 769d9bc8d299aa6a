// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

@testable import Resilience

/// The core beside a few plain variables; the test starts and ends the refreshes.
private struct CredentialTwins: Twins {
    enum Command: Sendable {
        case ask
        case leave(Int)
        case advance(milliseconds: Int)
        case succeed(validFor: Int)
        case fail
        /// The other side refuses the credential of so many refreshes ago.
        case refuse(age: Int)
    }

    private typealias Answer = Result<String, CredentialError>

    private let refreshBefore: Duration
    private let pause: Duration
    private var core: CredentialCore<String>
    private var now = Duration.zero
    private var number = 0
    private var expiresAt: Duration?
    private var isRefused = false
    private var isRefreshing = false
    private var pausedUntil: Duration?
    private var waiting: [(ticket: UInt64, waiter: Waiter<Answer>)] = []

    init(_ random: inout SeededRandom) {
        refreshBefore = .milliseconds(Int.random(in: 0...3_000, using: &random))
        pause = .milliseconds(Int.random(in: 1...2_000, using: &random))
        core = CredentialCore(refreshBefore: refreshBefore, retryAfter: pause)
    }

    var setting: String { "refreshed \(refreshBefore) before the end, a pause of \(pause)" }

    static func command(_ random: inout SeededRandom) -> Command {
        switch Int.random(in: 0..<20, using: &random) {
        case ..<9: .ask
        case 9: .leave(Int.random(in: 0..<4, using: &random))
        case ..<14: .advance(milliseconds: Int.random(in: 0...1_500, using: &random))
        case ..<17: .succeed(validFor: Int.random(in: 0...6_000, using: &random))
        case ..<19: .fail
        default: .refuse(age: Int.random(in: 0...1, using: &random))
        }
    }

    mutating func play(_ command: Command) -> String? {
        switch command {
        case .ask:
            return ask()
        case .leave(let place):
            if place < waiting.count { core.giveUp(waiting.remove(at: place).ticket) }
        case .advance(let milliseconds):
            now += .milliseconds(milliseconds)
        case .succeed(let milliseconds):
            guard isRefreshing else { return nil }
            number += 1
            expiresAt = now + .milliseconds(milliseconds)
            isRefused = false
            pausedUntil = nil
            return ended(.success(("token \(number)", .milliseconds(milliseconds))), "token \(number)")
        case .fail:
            guard isRefreshing else { return nil }
            pausedUntil = now + pause
            return ended(.failure(.init(cause: FailureCause("login \(number)"))), nil)
        case .refuse(let age):
            guard number - age > 0 else { return nil }
            core.invalidate(generation: number - age)
            if age == 0 { isRefused = true }
        }
        return nil
    }

    private mutating func ask() -> String? {
        let isPaused = pausedUntil.map { now < $0 } ?? false
        let waiter = Waiter<Answer>()
        let (decision, starts) = core.ask(waiter, now: now)
        if let expiresAt, !isRefused, now < expiresAt {
            guard case .use("token \(number)") = Words(decision) else { return "the answer is \(decision)" }
            return started(starts, now >= expiresAt - refreshBefore && !isPaused && !isRefreshing)
        }
        if !isRefreshing && isPaused {
            guard case .fail = Words(decision) else { return "the answer in a pause is \(decision)" }
            return started(starts, false)
        }
        guard case .wait(let ticket) = decision else { return "the answer without a credential is \(decision)" }
        waiting.append((ticket, waiter))
        return started(starts, !isRefreshing)
    }

    private mutating func started(_ starts: Bool, _ isExpected: Bool) -> String? {
        if starts { isRefreshing = true }
        return difference("whether a refresh starts", starts, isExpected)
    }

    private mutating func ended(
        _ result: Result<(credential: String, validFor: Duration), FailureCause.Wrapped>,
        _ expected: String?
    ) -> String? {
        isRefreshing = false
        let (waiters, answer) = core.didRefresh(result, now: now)
        defer { waiting.removeAll() }
        let isEverybody =
            waiters.count == waiting.count && zip(waiters, waiting).allSatisfy { $0 === $1.waiter }
        return isEverybody ? difference("the answer", try? answer.get(), expected) : "not everybody is answered"
    }

    /// A decision that a pattern can look into.
    private enum Words {
        case use(String), wait, fail

        init(_ decision: CredentialCore<String>.Decision) {
            switch decision {
            case .use(let credential): self = .use(credential)
            case .wait: self = .wait
            case .fail: self = .fail
            }
        }
    }
}

@Suite("Credential refresher: against a naive model")
struct CredentialModelTests {
    @Test("random callers, refreshes, failures and refusals get the answers of plain variables", arguments: 0..<100)
    func core(seed: UInt64) async {
        await check(CredentialTwins.self, seed: seed, steps: 300)
    }
}
