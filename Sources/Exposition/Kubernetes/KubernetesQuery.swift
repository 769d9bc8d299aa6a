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
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try Self.decoded(parts[0])
            let value = try parts.count == 2 ? Self.decoded(parts[1]) : ""
            switch name {
            case "verbose": isVerbose = true
            case "exclude" where value.isEmpty: throw Problem(message: "exclude without a name (use exclude=name)")
            case "exclude": excluded.append(value)
            default: throw Problem(message: "unknown query parameter \(quoted(name)) (use verbose or exclude=name)")
            }
        }
    }

    /// Undoes percent-encoding and `+` (application/x-www-form-urlencoded).
    private static func decoded(_ text: some StringProtocol) throws(Problem) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst()?.hexadecimalDigit, let low = rest.popFirst()?.hexadecimalDigit else {
                    throw Problem(message: "\"%\" without two hexadecimal digits in the query")
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(message: "the query is not UTF-8")
        }
        return text
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

extension UInt8 {
    fileprivate var hexadecimalDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
