// SPDX-License-Identifier: Apache-2.0

package import HealthModel

/// The conditions of an answer's body, prepared once and checked in the order: contains, matches, does not match.
package struct BodyCheck {
    private let contained: [(text: String, bytes: [UInt8])]
    private let patterns: [(expression: String, pattern: any BodyPattern, mustMatch: Bool)]

    /// Prepares the body conditions of `expectation`.
    ///
    /// - Throws: the first expression that cannot be compiled.
    package init(_ expectation: HTTPExpectation, compiler: any BodyPatternCompiler) throws(BodyPatternProblem) {
        contained = expectation.bodyContains.map { ($0, Array($0.utf8)) }
        var patterns: [(String, any BodyPattern, Bool)] = []
        for (expressions, mustMatch) in [(expectation.bodyMatches, true), (expectation.bodyNotMatches, false)] {
            for expression in expressions {
                patterns.append((expression, try compiler.compile(expression), mustMatch))
            }
        }
        self.patterns = patterns
    }

    /// What is wrong with `body`; nil when every condition holds.
    ///
    /// A search that took too many steps fails the condition, whichever it is: it was not shown to hold.
    package func problem(in body: [UInt8]) -> String? {
        for (text, bytes) in contained where body.firstRange(of: bytes) == nil && !bytes.isEmpty {
            return "body does not contain \"\(Self.shortened(text))\""
        }
        for (expression, pattern, mustMatch) in patterns {
            let shown = Self.shortened(expression)
            switch pattern.search(body) {
            case .found where !mustMatch: return "body matches /\(shown)/"
            case .notFound where mustMatch: return "body does not match /\(shown)/"
            case .limitExceeded: return "matching /\(shown)/ took too many steps"
            case .found, .notFound: break
            }
        }
        return nil
    }

    private static func shortened(_ text: String) -> String {
        text.count <= 80 ? text : text.prefix(80) + "…"
    }
}
