// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import PatternMatching

/// The conditions on places of a JSON body, prepared once and checked in the order written.
struct JSONCheck {
    private let conditions: [(expectation: JSONExpectation, pattern: Pattern?)]

    /// Prepares conditions.
    ///
    /// - Throws: what is wrong with the first regular expression that is none.
    init(_ expectations: [JSONExpectation]) throws(PatternProblem) {
        var conditions: [(JSONExpectation, Pattern?)] = []
        for expectation in expectations {
            if case .matches(let expression) = expectation.condition {
                conditions.append((expectation, try Pattern(expression)))
            } else {
                conditions.append((expectation, nil))
            }
        }
        self.conditions = conditions
    }

    /// Checks `body`; the first condition that does not hold is told.
    ///
    /// Nothing is read when there is no condition.
    func check(_ body: [UInt8]) -> BodyCheck.Result {
        guard !conditions.isEmpty else { return .holds }
        let document: ParsedJSON
        do {
            document = try JSONReader.read(body)
        } catch {
            return .violated(body.isEmpty ? "body is not JSON: it is empty" : "body is not JSON: \(error.message)")
        }
        for (expectation, pattern) in conditions {
            let result = check(expectation, pattern, in: document)
            guard result == .holds else { return result }
        }
        return .holds
    }

    private func check(_ expectation: JSONExpectation, _ pattern: Pattern?, in document: ParsedJSON) -> BodyCheck.Result
    {
        let path = Self.shortened(expectation.path.text)
        let values: [ParsedJSON]
        do {
            values = try expectation.path.values(in: document)
        } catch {
            return .violated("\(path) is ambiguous: an object has \"\(Self.shortened(error.name))\" more than once")
        }
        if expectation.condition == .missing {
            return values.first.map { .violated("\(path) is \(Self.shortened($0.summary)), expected none") } ?? .holds
        }
        guard let first = values.first else {
            return .violated("\(path) is missing, expected \(Self.shortened(expectation.condition.description))")
        }
        for value in values {
            switch Self.holds(expectation.condition, pattern, for: value) {
            case true?: return .holds
            case false?: break
            case nil:
                return .undecided("matching \(Self.shortened(expectation.condition.description)) took too many steps")
            }
        }
        let expected = Self.shortened(expectation.condition.description)
        let seen = Self.shortened(first.summary)
        return .violated(
            values.count == 1
                ? "\(path) is \(seen), expected \(expected)"
                : "none of the \(values.count) values at \(path) is \(expected), the first is \(seen)"
        )
    }

    /// Whether `value` is as it must be; nil when that could not be found out.
    private static func holds(_ condition: JSONCondition, _ pattern: Pattern?, for value: ParsedJSON) -> Bool? {
        switch condition {
        case .equals(let scalar): return value.equals(scalar)
        case .differs(let scalar): return !value.equals(scalar)
        case .exists: return true
        case .missing: return false
        case .compares(let comparison, let limit):
            guard case .number(let text) = value, let number = DecimalNumber(text) else { return false }
            return comparison.holds(number, against: limit)
        case .matches:
            guard case .text(let text) = value, let pattern else { return false }
            switch pattern.matches(in: Array(text.utf8)) {
            case .matched: return true
            case .notMatched: return false
            case .limitExceeded: return nil
            }
        }
    }

    private static func shortened(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard scalars.count > 80 else { return Excerpt.bounded(text) }
        return Excerpt.bounded(String(String.UnicodeScalarView(scalars.prefix(80)))) + "…"
    }
}
