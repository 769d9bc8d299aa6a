// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import PatternMatching

/// The conditions on an answer's fields, prepared once and checked in the order written.
struct HeaderCheck {
    private let conditions: [(name: String, pattern: Pattern)]

    /// Prepares conditions.
    ///
    /// - Throws: what is wrong with the first regular expression that is none.
    init(_ expectations: [HeaderExpectation]) throws(PatternProblem) {
        var conditions: [(String, Pattern)] = []
        for expectation in expectations { conditions.append((expectation.name, try Pattern(expectation.pattern))) }
        self.conditions = conditions
    }

    /// Checks `headers`; the first condition that does not hold is told.
    ///
    /// No field is looked at when there is no condition. Of several fields of one name, one that matches is enough.
    func check(_ headers: HTTPHeaders) -> BodyCheck.Result {
        guard !conditions.isEmpty else { return .holds }
        let fields = headers.fields
        for (name, pattern) in conditions {
            let wanted = name.lowercased()
            let values = fields.filter { $0.name.lowercased() == wanted }.map(\.value)
            let shown = Self.shortened(pattern.text)
            guard let first = values.first else {
                return .violated("no \(name) header, expected a match of /\(shown)/")
            }
            var isMatched = false
            for value in values where !isMatched {
                switch pattern.matches(in: Array(value.utf8)) {
                case .matched: isMatched = true
                case .notMatched: break
                case .limitExceeded: return .undecided("matching \(name) against /\(shown)/ took too many steps")
                }
            }
            guard isMatched else {
                let others = values.count > 1 ? " (\(values.count) fields)" : ""
                return .violated("\(name) is \"\(Self.shortened(first))\"\(others), expected a match of /\(shown)/")
            }
        }
        return .holds
    }

    private static func shortened(_ text: String) -> String {
        Excerpt.bounded(text.count <= 80 ? text : text.prefix(80) + "…")
    }
}
