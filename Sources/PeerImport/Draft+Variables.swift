// SPDX-License-Identifier: Apache-2.0

extension DraftMapping {
    /// Keys whose texts the reader takes as they are written.
    private static let patterns: Set<String> = ["matches", "not_matches", "json"]

    /// The same with every `${` that the reader would replace written `$${`: peers mean it literally.
    ///
    /// - Parameter isExpectation: whether this is the mapping of an `expect`, where `headers` are expressions, too.
    /// - Returns: the mapping as it is written.
    func escapingVariables(isExpectation: Bool = false) -> DraftMapping {
        var escaped = DraftMapping()
        for entry in entries {
            let isPattern = Self.patterns.contains(entry.key) || isExpectation && entry.key == "headers"
            escaped[entry.key] = isPattern ? entry.value : entry.value.escapingVariables(of: entry.key)
        }
        return escaped
    }
}

extension Draft {
    /// The same as the value of `key`.
    fileprivate func escapingVariables(of key: String) -> Draft {
        switch self {
        case .text where key == "expect": self
        case .text(let text): .text(Self.escaped(text, keepsCaptures: key == "send"))
        case .word: self
        case .list(let items): .list(items.map { $0.escapingVariables(of: key) })
        case .mapping(let mapping): .mapping(mapping.escapingVariables(isExpectation: key == "expect"))
        }
    }

    /// `text` with `$${` for `${`; in what a dialog sends, `${1}` stays what was captured.
    private static func escaped(_ text: String, keepsCaptures: Bool) -> String {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            if rest.starts(with: "${".utf8) {
                let digits = rest.dropFirst(2).prefix { (0x30...0x39).contains($0) }
                let isCapture = (1...3).contains(digits.count) && rest[digits.endIndex...].first == UInt8(ascii: "}")
                if !(keepsCaptures && isCapture) { result.append(UInt8(ascii: "$")) }
            }
            result.append(byte)
            rest = rest.dropFirst()
        }
        return String(decoding: result, as: UTF8.self)
    }
}
