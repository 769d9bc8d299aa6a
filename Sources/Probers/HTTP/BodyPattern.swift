// SPDX-License-Identifier: Apache-2.0

/// A compiled regular expression that an answer's body is searched with.
///
/// The seam between the prober and the regular expression engine.
package protocol BodyPattern {
    /// Looks for the expression anywhere in `body`.
    func search(_ body: [UInt8]) -> BodyPatternResult
}

/// What a search found.
package enum BodyPatternResult: Hashable, Sendable {
    case found
    case notFound
    /// The search took more steps than allowed; what it would have found is unknown.
    case limitExceeded
}

/// Why a text is not a regular expression.
package struct BodyPatternProblem: Error, Hashable, Sendable {
    /// What was seen, in lower case, without a full stop.
    package let message: String

    package init(message: String) {
        self.message = message
    }
}

/// Compiles regular expressions.
package protocol BodyPatternCompiler {
    /// - Throws: what is wrong with the expression.
    func compile(_ expression: String) throws(BodyPatternProblem) -> any BodyPattern
}
