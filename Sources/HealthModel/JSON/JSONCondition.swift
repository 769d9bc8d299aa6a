// SPDX-License-Identifier: Apache-2.0

/// What a value of a JSON document must be.
package enum JSONCondition: Hashable, Sendable {
    /// The same value of the same type; numbers by value, so 1 equals 1.0.
    case equals(JSONScalar)
    /// There, and not that.
    case differs(JSONScalar)
    /// A number on that side of the limit.
    case compares(Comparison, DecimalNumber)
    /// A text in which the regular expression (PCRE2) matches somewhere.
    case matches(String)
    /// There, whatever it is, null included.
    case exists
    /// Not there; null is there.
    case missing

    /// A side of a limit.
    package enum Comparison: String, CaseIterable, Hashable, Sendable {
        case less = "<"
        case atMost = "<="
        case greater = ">"
        case atLeast = ">="

        /// Whether `value` is on this side of `limit`.
        package func holds(_ value: DecimalNumber, against limit: DecimalNumber) -> Bool {
            switch self {
            case .less: value < limit
            case .atMost: value <= limit
            case .greater: value > limit
            case .atLeast: value >= limit
            }
        }
    }
}

extension JSONCondition: CustomStringConvertible {
    /// What a message expects: `"UP"`, `< 1000`, `a match of /^v2/`.
    package var description: String {
        switch self {
        case .equals(let value): value.description
        case .differs(let value): "anything but \(value)"
        case .compares(let comparison, let limit): "\(comparison.rawValue) \(limit.text)"
        case .matches(let expression): "a match of /\(expression)/"
        case .exists: "any value"
        case .missing: "none"
        }
    }
}

/// A JSON value without parts.
package enum JSONScalar: Hashable, Sendable, CustomStringConvertible {
    case null
    case truth(Bool)
    case number(DecimalNumber)
    case text(String)

    /// As JSON writes it, but for escapes in a text.
    package var description: String {
        switch self {
        case .null: "null"
        case .truth(let value): "\(value)"
        case .number(let number): number.text
        case .text(let text): "\"\(text)\""
        }
    }
}

/// A condition on one place of a JSON document.
package struct JSONExpectation: Hashable, Sendable {
    package var path: JSONPath
    package var condition: JSONCondition

    package init(_ path: JSONPath, _ condition: JSONCondition) {
        self.path = path
        self.condition = condition
    }
}
