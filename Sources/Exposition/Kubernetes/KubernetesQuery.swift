// SPDX-License-Identifier: Apache-2.0

/// What a request asks of a Kubernetes style endpoint: `?verbose` and repeatable `?exclude=name`.
package struct KubernetesQuery: Hashable, Sendable {
    /// Whether every check is listed although all pass.
    package var isVerbose: Bool
    /// Checks that may not fail the endpoint, in the order asked for.
    package var excluded: [String]

    package init(isVerbose: Bool = false, excluded: [String] = []) {
        self.isVerbose = isVerbose
        self.excluded = excluded
    }

    /// What is wrong with a query.
    package struct Problem: Error, Hashable {
        /// In lower case, without a full stop.
        package let message: String
    }

    /// Reads the part of a request target after `?`.
    ///
    /// `verbose` counts whatever its value, as in the Kubernetes API server; any other parameter is refused, so that a
    /// misspelt one is noticed.
    package init(_ text: some StringProtocol) throws(Problem) {
        self.init()
        for (name, value) in try QueryParameters(text).all where try !take(name, value) {
            throw Problem(message: "unknown query parameter \(quoted(name)) (use verbose or exclude=name)")
        }
    }

    /// Takes one parameter; false when it is none of these.
    mutating func take(_ name: String, _ value: String) throws(Problem) -> Bool {
        switch name {
        case "verbose": isVerbose = true
        case "exclude" where value.isEmpty: throw Problem(message: "exclude without a name (use exclude=name)")
        case "exclude": excluded.append(value)
        default: return false
        }
        return true
    }
}

/// The text between quotation marks, with quotation marks, backslashes and control characters escaped, cut at 100
/// characters: what came from a client may be shown back.
package func quoted(_ text: some StringProtocol) -> String {
    var result = "\""
    for scalar in text.unicodeScalars.prefix(100) {
        switch scalar {
        case "\"", "\\": result += "\\\(scalar)"
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
            result += "\\u{\(String(scalar.value, radix: 16))}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
