// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// Reads the performance data of a Nagios plugin (Monitoring Plugins Development Guidelines, section 2.6).
///
/// The first line is `TEXT | DATA`. Lines that follow are text up to the first that holds a `|`; after that everything is data.
/// A datum is `label=value[unit];warn;crit;min;max`, where the label may stand in single quotes, with a quote in it written
/// twice, and the value may be `U` for unknown. What is not of this form is left out, and the rest is still read.
enum PerformanceData {
    /// All data of an output, in order.
    ///
    /// An output that `isCut` ends somewhere in a longer one: its last word may be half a number, and is left out.
    static func parse(_ output: String, isCut: Bool = false) -> [PerformanceDatum] {
        var data = dataPart(of: output)
        if isCut, let end = data.lastIndex(where: \.isWhitespace) { data = data[..<end] } else if isCut { return [] }
        var result: [PerformanceDatum] = []
        var rest = data[...]
        while true {
            rest = rest.drop(while: \.isWhitespace)
            guard !rest.isEmpty else { return result }
            if let datum = takeDatum(&rest) { result.append(datum) }
        }
    }

    private static func dataPart(of output: String) -> Substring {
        let lines = output.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        var parts: [Substring] = []
        for text in lines {
            guard let bar = text.firstIndex(of: "|") else { continue }
            parts.append(text[text.index(after: bar)...])
        }
        return parts.joined(separator: " ")[...]
    }

    /// Takes one word, and gives the datum it is; nil when it is none.
    private static func takeDatum(_ rest: inout Substring) -> PerformanceDatum? {
        guard let label = takeLabel(&rest) else {
            rest = rest.drop { !$0.isWhitespace }
            return nil
        }
        let word = rest.prefix { !$0.isWhitespace }
        rest = rest[word.endIndex...]
        guard word.first == "=", !label.isEmpty else { return nil }
        let value = word.dropFirst().prefix { $0 != ";" }
        guard value != "U" else { return PerformanceDatum(label: label, value: nil, unit: "") }
        let digits = number(at: value)
        guard let number = Double(digits), number.isFinite else { return nil }
        let unit = value[digits.endIndex...]
        guard unit.allSatisfy({ !$0.isNumber && $0 != "'" && $0 != "\"" }) else { return nil }
        return PerformanceDatum(label: label, value: number, unit: String(unit))
    }

    /// Takes what stands before the `=`; nil when a quote is not closed or there is no `=`.
    private static func takeLabel(_ rest: inout Substring) -> String? {
        guard rest.first == "'" else {
            let label = rest.prefix { $0 != "=" && !$0.isWhitespace }
            guard label.endIndex < rest.endIndex, rest[label.endIndex] == "=", !label.contains("'") else { return nil }
            rest = rest[label.endIndex...]
            return String(label)
        }
        var label = ""
        var text = rest.dropFirst()
        while let quote = text.firstIndex(of: "'") {
            label += text[..<quote]
            text = text[text.index(after: quote)...]
            guard text.first == "'" else {
                rest = text
                return label
            }
            label.append("'")
            text = text.dropFirst()
        }
        return nil
    }

    /// The longest beginning that has the form of a decimal number, with an exponent only where digits follow its letter:
    /// `1e3` is a number, `1EB` is one exabyte.
    private static func number(at text: Substring) -> Substring {
        var end = text.startIndex
        func skip(_ isWanted: (Character) -> Bool) { end = text[end...].firstIndex { !isWanted($0) } ?? text.endIndex }
        func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
        if let sign = text.first, "+-".contains(sign) { end = text.index(after: end) }
        skip(isDigit)
        if text[end...].first == "." {
            end = text.index(after: end)
            skip(isDigit)
        }
        let mantissa = end
        if let letter = text[end...].first, "eE".contains(letter) {
            end = text.index(after: end)
            if let sign = text[end...].first, "+-".contains(sign) { end = text.index(after: end) }
            let exponent = end
            skip(isDigit)
            if end == exponent { end = mantissa }
        }
        return text[..<end]
    }
}
