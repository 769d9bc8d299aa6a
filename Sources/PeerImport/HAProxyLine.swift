// SPDX-License-Identifier: Apache-2.0

import ProbeConfig

/// A line of haproxy.cfg, taken apart (configuration manual, section 2.2).
struct HAProxyLine {
    let words: [String]
    let origin: Origin

    /// The first word.
    var keyword: String { words.first ?? "" }

    /// The longest line that HAProxy itself takes, in words.
    static let mostWords = 4_096

    /// The lines of a file that say something.
    static func read(_ source: ConfigurationSource, log: ImportLog) -> [HAProxyLine] {
        guard source.bytes.count <= 1_048_576 else {
            log.error(
                Origin(path: source.path, line: nil),
                "the file has \(source.bytes.count) bytes (at most 1048576 are read)"
            )
            return []
        }
        guard let text = String(validating: source.bytes, as: UTF8.self), !source.bytes.contains(0) else {
            log.error(Origin(path: source.path, line: nil), "the file is not a text in UTF-8")
            return []
        }
        var lines: [HAProxyLine] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let origin = Origin(path: source.path, line: index + 1)
            var reader = WordReader(line)
            guard let words = reader.words() else {
                log.error(origin, "a quote is not closed")
                continue
            }
            guard words.count <= mostWords else {
                log.error(origin, "\(words.count) words in one line (at most \(mostWords))")
                continue
            }
            if !words.isEmpty { lines.append(HAProxyLine(words: words, origin: origin)) }
        }
        return lines
    }
}

/// Cuts a line into words.
private struct WordReader {
    private var rest: Substring.UnicodeScalarView

    init(_ line: Substring) { rest = line.unicodeScalars }

    /// The words; nil when a quote is not closed.
    mutating func words() -> [String]? {
        var words: [String] = []
        var word: String.UnicodeScalarView?
        while let scalar = rest.popFirst() {
            switch scalar {
            case " ", "\t":
                if let word { words.append(String(word)) }
                word = nil
            case "#":
                if let word { words.append(String(word)) }
                return words
            case "'":
                guard let end = rest.firstIndex(of: "'") else { return nil }
                word = (word ?? .init()) + rest[..<end]
                rest = rest[rest.index(after: end)...]
            case "\"":
                guard let quoted = quoted() else { return nil }
                word = (word ?? .init()) + quoted
            case "\\": word = (word ?? .init()) + escaped()
            default: word = (word ?? .init()) + [scalar]
            }
        }
        if let word { words.append(String(word)) }
        return words
    }

    private mutating func quoted() -> String.UnicodeScalarView? {
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return text
            case "\\": text += escaped()
            default: text.append(scalar)
            }
        }
        return nil
    }

    /// What a backslash and what follows stand for; before any other character it stands for itself.
    private mutating func escaped() -> [Unicode.Scalar] {
        switch rest.popFirst() {
        case "n": return ["\n"]
        case "r": return ["\r"]
        case "t": return ["\t"]
        case "x":
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(digits), radix: 16) else { return ["\\", "x"] }
            rest = rest.dropFirst(2)
            return [Unicode.Scalar(value)]
        case let other? where " \\#\"'$".unicodeScalars.contains(other): return [other]
        case let other?: return ["\\", other]
        case nil: return ["\\"]
        }
    }
}
