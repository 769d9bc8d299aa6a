// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// The two texts that only breakers have: `20 calls` and `3 of 5`.
enum BreakerText {
    /// The most outcomes that a window or `n_of_m` looks at; each costs memory per target.
    static let mostOutcomes = 10_000

    /// A window: a duration, or a number of calls.
    static func window(_ field: Field) -> BreakerPolicy.Window? {
        guard let text = field.scalar(expecting: "a duration or a number of calls")?.text else { return nil }
        let words = text.split(separator: " ")
        guard words.count == 2, words[1] == "calls" || words[1] == "call" else {
            if case .notADuration = DurationText.parse(text) {
                field.error("\(VisibleText.quoted(text)) is not a window (use 10s or 20 calls)")
                return nil
            }
            return field.duration(in: Limits.pause).map { .time($0) }
        }
        return count(words[0], in: field).map { .count($0) }
    }

    /// So many failures among so many outcomes.
    static func slidingFailures(_ field: Field) -> BreakerPolicy.SlidingFailures? {
        guard let text = field.scalar(expecting: "a text like 3 of 5")?.text else { return nil }
        let words = text.split(separator: " ")
        guard words.count == 3, words[1] == "of" else {
            field.error("\(VisibleText.quoted(text)) is not of the form 3 of 5")
            return nil
        }
        guard let failures = count(words[0], in: field), let outcomes = count(words[2], in: field) else { return nil }
        guard failures <= outcomes else {
            field.error("\(failures) failures never fit into \(outcomes) outcomes")
            return nil
        }
        return BreakerPolicy.SlidingFailures(failures: failures, outcomes: outcomes)
    }

    private static func count(_ word: Substring, in field: Field) -> Int? {
        guard word.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(word),
            (1...mostOutcomes).contains(number)
        else {
            field.error("\(VisibleText.quoted(word)) is not a number from 1 to \(mostOutcomes)")
            return nil
        }
        return number
    }
}
