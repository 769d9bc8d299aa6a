// SPDX-License-Identifier: Apache-2.0

import ResilienceTestKit
import Testing

/// Differs from its model once it has seen the number 7 three times.
private struct ForgetfulTwins: Twins {
    private var sevens = 0
    private let limit: Int

    init(_ random: inout SeededRandom) {
        limit = Int.random(in: 3...3, using: &random)
    }

    var setting: String { "limit \(limit)" }

    static func command(_ random: inout SeededRandom) -> Int { Int.random(in: 0..<9, using: &random) }

    mutating func play(_ command: Int) -> String? {
        if command == 7 { sevens += 1 }
        return difference("the count", min(sevens, limit), min(sevens, limit - 1))
    }
}

/// Differs only at the end.
private struct LeakyTwins: Twins {
    private var held = 0

    init(_ random: inout SeededRandom) {}

    var setting: String { "none" }

    static func command(_ random: inout SeededRandom) -> Int { Int.random(in: 0..<50, using: &random) }

    mutating func play(_ command: Int) -> String? {
        if command == 13 { held += 1 }
        return nil
    }

    mutating func finish() -> String? { difference("held", held, 0) }
}

@Suite("Model check")
struct ModelCheckTests {
    @Test("a failing list is cut down to the commands that matter", arguments: 0..<5)
    func shortest(seed: UInt64) async throws {
        let failure = try #require(await findFailure(ForgetfulTwins.self, seed: seed, steps: 500))
        #expect(failure.commands == [7, 7, 7])
        #expect(
            failure.description == """
                seed \(seed): the count is 3, the model says 2
                limit 3
                  1. 7
                  2. 7
                  3. 7
                """
        )
    }

    @Test("what shows only at the end is found and cut down too")
    func atTheEnd() async throws {
        let failure = try #require(await findFailure(LeakyTwins.self, seed: 1, steps: 500))
        #expect(failure.commands == [13])
    }

    @Test("twins that agree have no failing list")
    func agree() async {
        let failure = await findFailure(ForgetfulTwins.self, seed: 1, steps: 2)
        #expect(failure?.commands == nil, "\(String(describing: failure))")
    }
}
