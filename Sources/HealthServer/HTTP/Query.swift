// SPDX-License-Identifier: Apache-2.0

import Exposition
import HealthModel

/// The query of a request, taken apart (WHATWG URL section 5.1, without `+` for a space): known names only, each at most once.
struct Query: Hashable {
    private var values: [String: String] = [:]

    /// - Parameters:
    ///   - text: what follows `?`; nil or empty = no query.
    ///   - names: what may be asked.
    /// - Throws: 400 for any other name, a repeated one, and a wrong escape.
    init(_ text: Substring?, allowing names: [String]) throws(ErrorAnswer) {
        for item in (text ?? "").split(separator: "&", omittingEmptySubsequences: true) {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.map(String.init), names.contains(name) else {
                let known = names.isEmpty ? "none is understood here" : "known: \(names.joined(separator: ", "))"
                throw ErrorAnswer(.badRequest, "unknown query: \(quoted(item)) (\(known))")
            }
            guard let value = Self.decoded(parts.count > 1 ? parts[1] : "") else {
                throw ErrorAnswer(.badRequest, "query \(name): wrong percent escape")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw ErrorAnswer(.badRequest, "query \(name): given twice")
            }
        }
    }

    /// The value of a name; nil when it was not given.
    subscript(name: String) -> String? { values[name] }

    /// A number that was given as decimal digits; nil when none was given.
    func number(_ name: String) throws(ErrorAnswer) -> UInt64? {
        guard let text = values[name] else { return nil }
        guard let number = UInt64(decimalDigits: text) else {
            throw ErrorAnswer(.badRequest, "query \(name): \(quoted(text[...])) is not a number")
        }
        return number
    }

    /// `true` or `false`; nil when neither was given.
    func flag(_ name: String) throws(ErrorAnswer) -> Bool? {
        guard let text = values[name] else { return nil }
        guard text == "true" || text == "false" else {
            throw ErrorAnswer(.badRequest, "query \(name): \(quoted(text[...])) is neither true nor false")
        }
        return text == "true"
    }

    /// Undoes percent escapes; nil where one is wrong, or gives no UTF-8.
    private static func decoded(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy(\.isHexDigit),
                let value = UInt8(String(Substring(digits)), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension UInt64 {
    /// The number that 1 to 19 decimal digits, and nothing else, say.
    init?(decimalDigits text: some StringProtocol) {
        guard (1...19).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        self.init(text)
    }
}

extension UInt8 {
    fileprivate var isHexDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
    }
}
