// SPDX-License-Identifier: Apache-2.0

/// What a client says it understands: its `Accept` fields (RFC 9110 section 12.5.1).
///
/// A member that is malformed is passed over, and of a long list only the first ``maximumRanges`` count: nothing a client
/// sends here is an error, because the answer is the default when nothing of it helps.
package struct AcceptField: Hashable, Sendable {
    /// The most media ranges that are looked at.
    package static let maximumRanges = 32

    private let ranges: [MediaRange]

    /// Reads the values of all `Accept` fields of a request, in their order.
    package init(_ values: [String]) {
        var ranges: [MediaRange] = []
        for value in values {
            for member in value.utf8.split(outsideQuotesAt: UInt8(ascii: ",")) where ranges.count < Self.maximumRanges {
                if let range = MediaRange(member) { ranges.append(range) }
            }
        }
        self.ranges = ranges
    }

    /// A request without the field, which understands everything.
    package static let absent = AcceptField([])

    /// The one of `candidates` that the client likes best; the earlier of two that it likes the same.
    ///
    /// - Parameters:
    ///   - candidates: what can be answered, the default first; not empty.
    ///   - type: the media type of a candidate.
    /// - Returns: the default when the client names no preference, or nothing that can be answered: a health check that is
    ///   refused for its `Accept` field (406) takes a healthy server out, which no client means by it, and RFC 9110 section
    ///   12.4.1 lets the server disregard the field.
    package func choice<Candidate>(
        of candidates: [Candidate],
        type: (Candidate) -> Answer.ContentType
    ) -> Candidate {
        var best = candidates[0]
        var quality = self.quality(of: type(best))
        for candidate in candidates.dropFirst() {
            let other = self.quality(of: type(candidate))
            if other > quality { (best, quality) = (candidate, other) }
        }
        return best
    }

    /// How much the client likes a media type, in thousandths; 0 = not at all.
    ///
    /// The most specific range that matches decides, and of equal ones the first.
    package func quality(of type: Answer.ContentType) -> Int {
        guard !ranges.isEmpty else { return 1_000 }
        var best: MediaRange?
        for range in ranges where range.matches(type.mediaType) {
            if range.precedence > best?.precedence ?? -1 { best = range }
        }
        return best?.quality ?? 0
    }

    /// Whether a range names the media type itself, with a quality above 0, and not by a wildcard.
    package func names(_ type: Answer.ContentType) -> Bool {
        ranges.contains { $0.precedence > 1 && $0.quality > 0 && $0.matches(type.mediaType) }
    }
}

/// One media range of an `Accept` field with its weight.
struct MediaRange: Hashable, Sendable {
    /// In lower case; `*` for any.
    let type: String
    let subtype: String
    /// The `version` parameter, the only one that tells our media types apart.
    let version: String?
    /// In thousandths, as RFC 9110 section 12.4.2 bounds it.
    let quality: Int

    /// Reads `type/subtype;parameter=value;q=0.5`; nil when it is malformed.
    init?(_ text: [UInt8]) {
        var parts = text.split(outsideQuotesAt: UInt8(ascii: ";"))[...]
        guard let name = parts.popFirst() else { return nil }
        let halves = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard halves.count == 2, let type = halves[0].token, let subtype = halves[1].token else { return nil }
        guard type != "*" || subtype == "*" else { return nil }
        var version: String?
        var quality = 1_000
        for part in parts {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, let name = pair[0].token else { continue }
            switch name {
            case "q":
                guard let value = Self.quality(pair[1].trimmed) else { return nil }
                quality = value
            case "version": version = String(decoding: pair[1].trimmed.unquoted, as: UTF8.self)
            default: continue
            }
        }
        self.type = type
        self.subtype = subtype
        self.version = version
        self.quality = quality
    }

    /// How specific the range is: a version, a type with its subtype, a type, anything.
    var precedence: Int {
        if type == "*" { return 0 }
        if subtype == "*" { return 1 }
        return version == nil ? 2 : 3
    }

    /// Whether the range covers a media type.
    func matches(_ other: MediaRange) -> Bool {
        if type == "*" { return true }
        guard type == other.type else { return false }
        if subtype == "*" { return true }
        return subtype == other.subtype && (version == nil || version == other.version)
    }

    /// `0`, `0.5`, `1.000`: at most three decimals and never above 1.
    private static func quality(_ text: ArraySlice<UInt8>) -> Int? {
        guard let first = text.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else { return nil }
        let isOne = first == UInt8(ascii: "1")
        let rest = text.dropFirst()
        guard !rest.isEmpty else { return isOne ? 1_000 : 0 }
        guard rest.first == UInt8(ascii: "."), rest.count <= 4 else { return nil }
        var value = 0
        var unit = 100
        for digit in rest.dropFirst() {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value += Int(digit - UInt8(ascii: "0")) * unit
            unit /= 10
        }
        guard isOne else { return value }
        return value == 0 ? 1_000 : nil
    }
}

extension Answer.ContentType {
    /// The media type taken apart.
    fileprivate var mediaType: MediaRange {
        // Every case is one, which a test holds.
        Self.mediaTypes[self] ?? .nothing
    }

    private static let mediaTypes: [Self: MediaRange] = Dictionary(
        uniqueKeysWithValues: allCases.compactMap { type in
            MediaRange(Array(type.rawValue.utf8)).map { (type, $0) }
        }
    )
}

extension MediaRange {
    /// What no range but `*/*` covers.
    fileprivate static let nothing = MediaRange(type: "", subtype: "", version: nil, quality: 0)

    private init(type: String, subtype: String, version: String?, quality: Int) {
        self.type = type
        self.subtype = subtype
        self.version = version
        self.quality = quality
    }
}

extension Collection<UInt8> {
    /// The parts between separators that do not stand in a quoted string (RFC 9110 section 5.6.4).
    fileprivate func split(outsideQuotesAt separator: UInt8) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var isQuoted = false
        var isEscaped = false
        for byte in self {
            if byte == separator, !isQuoted {
                parts.append([])
                continue
            }
            if byte == UInt8(ascii: "\""), !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && byte == UInt8(ascii: "\\") && !isEscaped
            parts[parts.count - 1].append(byte)
        }
        return parts
    }
}

extension BidirectionalCollection<UInt8> where SubSequence == ArraySlice<UInt8> {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmed: ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var rest = self[...]
        while let first = rest.first, isSpace(first) { rest = rest.dropFirst() }
        while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
        return rest
    }

    /// The text in lower case when it is a token (RFC 9110 section 5.6.2); nil otherwise.
    fileprivate var token: String? {
        let text = trimmed
        guard !text.isEmpty else { return nil }
        let isToken = text.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
        }
        return isToken ? String(decoding: text, as: UTF8.self).lowercased() : nil
    }

    /// The content of a quoted string; anything else as it is.
    fileprivate var unquoted: [UInt8] {
        let quote = UInt8(ascii: "\"")
        guard count >= 2, first == quote, last == quote else { return Array(self) }
        var result: [UInt8] = []
        var isEscaped = false
        for byte in dropFirst().dropLast() {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            isEscaped = false
            result.append(byte)
        }
        return result
    }
}
