// SPDX-License-Identifier: Apache-2.0

/// Writes drafts as YAML: what fits on a line stands on one, everything else in blocks.
enum DraftWriter {
    private static let longestLine = 100

    /// The lines of `mapping`, each after `indentation` spaces.
    static func lines(_ mapping: DraftMapping, indentation: Int) -> [String] {
        mapping.entries.flatMap { lines(of: $0.value, after: "\(text($0.key)):", indentation: indentation) }
    }

    /// `text` for one line of a comment.
    static func comment(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(200) { result.append(isPrintable(scalar) ? scalar : "\u{FFFD}") }
        return "# " + String(result)
    }

    private static func lines(of value: Draft, after head: String, indentation: Int) -> [String] {
        let spaces = String(repeating: " ", count: indentation)
        let flow = flow(value)
        switch value {
        case .text, .word: return ["\(spaces)\(head) \(flow)"]
        case .mapping(let mapping):
            let isKind = indentation == 4 && mapping.entries.count > 2
            if !isKind, indentation + head.count + flow.count < longestLine { return ["\(spaces)\(head) \(flow)"] }
            return ["\(spaces)\(head)"] + lines(mapping, indentation: indentation + 2)
        case .list(let items):
            if indentation + head.count + flow.count < longestLine { return ["\(spaces)\(head) \(flow)"] }
            return ["\(spaces)\(head)"] + items.map { "\(spaces)  - \(self.flow($0))" }
        }
    }

    private static func flow(_ value: Draft) -> String {
        switch value {
        case .text(let text): self.text(text)
        case .word(let word): word
        case .list(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
        case .mapping(let mapping):
            "{" + mapping.entries.map { "\(text($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    /// A text as YAML: bare where nothing can be misread, else in single or double quotes.
    static func text(_ text: String) -> String {
        if isPlain(text) { return text }
        guard text.unicodeScalars.allSatisfy(isPrintable) else {
            return "\"" + text.unicodeScalars.map(escaped).joined() + "\""
        }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    private static func isPlain(_ text: String) -> Bool {
        let words = ["true", "false", "null", "yes", "no", "on", "off", "exists", "missing", "none"]
        // What has two points is no number.
        let mayBegin =
            text.utf8.first.map { isLetter($0) || $0 == UInt8(ascii: "/") || isDigit($0) && isDotted(text) } ?? false
        guard mayBegin, text.utf8.last != UInt8(ascii: ":"),
            !words.contains(text.lowercased())
        else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "/._-:@".utf8.contains($0) }
    }

    private static func isDotted(_ text: String) -> Bool { text.utf8.count { $0 == UInt8(ascii: ".") } > 1 }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0xA0, 0x2028...0x2029, 0xFEFF, 0xFFFE...0xFFFF: false
        default: true
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: break
        }
        guard !isPrintable(scalar) else { return String(scalar) }
        let digits = String(scalar.value, radix: 16)
        let (mark, width) = scalar.value <= 0xFF ? ("x", 2) : ("u", 4)
        return "\\\(mark)" + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
