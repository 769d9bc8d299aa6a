// SPDX-License-Identifier: Apache-2.0

package import HealthModel
import LinuxRuntime
package import PatternMatching

/// The conditions of an answer's body, prepared once and checked in the order: contains, matches, does not match.
package struct BodyCheck {
    private let contained: [(text: String, bytes: [UInt8])]
    private let patterns: [(pattern: Pattern, mustMatch: Bool)]

    /// What a body amounts to.
    package enum Result: Hashable, Sendable {
        case holds
        /// A condition does not hold; the message names it.
        case violated(String)
        /// A search was given up before it came to an end, so nothing was learned; the message names it.
        case undecided(String)
    }

    /// Prepares the body conditions of `expectation`.
    ///
    /// - Throws: what is wrong with the first expression that is not one.
    package init(_ expectation: HTTPExpectation) throws(PatternProblem) {
        contained = expectation.bodyContains.map { ($0, Array($0.utf8)) }
        var patterns: [(Pattern, Bool)] = []
        for expression in expectation.bodyMatches { patterns.append((try Pattern(expression), true)) }
        for expression in expectation.bodyNotMatches { patterns.append((try Pattern(expression), false)) }
        self.patterns = patterns
    }

    /// Checks `body`; the first condition that does not hold is told.
    package func check(_ body: [UInt8]) -> Result {
        for (text, bytes) in contained where !Self.contains(bytes, in: body) {
            return .violated("body does not contain \"\(Self.shortened(text))\"")
        }
        for (pattern, mustMatch) in patterns {
            let shown = Self.shortened(pattern.text)
            switch pattern.matches(in: body) {
            case .matched where !mustMatch: return .violated("body matches /\(shown)/")
            case .notMatched where mustMatch: return .violated("body does not match /\(shown)/")
            case .limitExceeded: return .undecided("matching /\(shown)/ took too many steps")
            case .matched, .notMatched: break
            }
        }
        return .holds
    }

    /// Whether `wanted` stands in `body`: looks for its first byte, then compares; the standard library's `firstRange` on
    /// arrays costs many times as much.
    private static func contains(_ wanted: [UInt8], in body: [UInt8]) -> Bool {
        guard let first = wanted.first else { return true }
        var start = 0
        while body.count - start >= wanted.count, let found = body[start...].firstIndex(of: first) {
            if body[found...].starts(with: wanted) { return true }
            start = found + 1
        }
        return false
    }

    private static func shortened(_ text: String) -> String {
        Excerpt.bounded(text.count <= 80 ? text : text.prefix(80) + "…")
    }
}
