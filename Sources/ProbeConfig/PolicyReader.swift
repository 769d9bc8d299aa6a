// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads how many of several must pass: a word, `{quorum: 60%}`, or `{at_least: 2}`.
///
/// `'quorum: 60%'` in quotes is the same, for so it is spoken of.
enum PolicyReader {
    /// The words for every one, in the aggregate.
    static let aggregateWords: [(word: String, policy: PassingPolicy)] = [("worst", .all)]
    /// The words for every one and for one, in a group.
    static let groupWords: [(word: String, policy: PassingPolicy)] = [("all", .all), ("any", .any)]
    /// The largest `at_least`.
    static let most = 10_000

    /// The policy, or nil after a complaint.
    static func read(_ field: Field, words: [(word: String, policy: PassingPolicy)]) -> PassingPolicy? {
        if case .mapping = field.node.content { return choice(in: field) }
        let allowed = (words.map(\.word) + ["{quorum: 60%}", "{at_least: 2}"]).joined(separator: ", ")
        guard let text = field.scalar(expecting: "one of \(allowed)")?.text else { return nil }
        if let known = words.first(where: { $0.word == text }) { return known.policy }
        let parts = text.split(separator: ":", maxSplits: 1).map { $0.split(separator: " ").joined(separator: " ") }
        if parts.count == 2, parts[0] == "quorum", let share = RateText.parse(parts[1]), share > 0, share <= 1 {
            return .share(share)
        }
        if parts.count == 2, parts[0] == "at_least", let count = Int(parts[1]), (1...most).contains(count) {
            return .count(count)
        }
        let hint = Suggestion.nearest(to: text, in: words.map(\.word)).map { "; did you mean \"\($0)\"?" } ?? ""
        field.error("\(VisibleText.quoted(text)) is not a policy (use \(allowed)\(hint))")
        return nil
    }

    private static func choice(in field: Field) -> PassingPolicy? {
        guard let mapping = MappingReader(field, keys: ContractKeys.policy) else { return nil }
        switch (mapping.field("quorum"), mapping.field("at_least")) {
        case (let quorum?, nil): return quorum.rate(allowsZero: false).map { .share($0) }
        case (nil, let count?): return count.wholeNumber(in: 1...most).map { .count($0) }
        case (_?, let count?): count.error("a policy is one of quorum and at_least, not both")
        case (nil, nil): field.error("has neither quorum nor at_least")
        }
        return nil
    }
}
