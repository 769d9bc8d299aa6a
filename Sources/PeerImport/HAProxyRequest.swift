// SPDX-License-Identifier: Apache-2.0

/// The request of `option httpchk` and `http-check`, and what its answer must be.
struct HAProxyRequest {
    /// `OPTIONS /` unless written.
    private(set) var method = "OPTIONS"
    private(set) var path = "/"
    private(set) var headers = DraftMapping()
    private(set) var body: String?
    /// 2xx and 3xx unless something is expected.
    private(set) var expect = DraftMapping()

    init(section: HAProxySection, note: (String, Origin) -> Void) {
        if let option = section.check { takeOption(Array(option.words.dropFirst(2))) }
        var hasExpectation = false
        for line in section.httpLines where line.words.count > 1 {
            switch line.words[1] {
            case "send": takeSend(line.words.dropFirst(2), line.origin, note)
            case "expect":
                hasExpectation = true
                let words = HAProxyCheck.withoutModifiers(line.words.dropFirst(2))
                if !takeExpectation(words) {
                    note("http-check expect \(words.joined(separator: " ")) is not carried", line.origin)
                }
            case "connect": break
            default: note("http-check \(line.words[1]) is not carried", line.origin)
            }
        }
        if expect["status"] == nil {
            // What is expected of a body alone says nothing about the status.
            expect["status"] = .word(hasExpectation ? "100-599" : "200-399")
        }
    }

    /// `[<uri>]`, `<method> <uri> [<version>]`; in the version's place headers used to stand, too.
    private mutating func takeOption(_ words: [String]) {
        switch words.count {
        case 0: return
        case 1: path = words[0]
        default: (method, path) = (words[0], words[1])
        }
        for line in words.dropFirst(2).joined(separator: " ").split(whereSeparator: \.isNewline).dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[String(line[..<colon])] = .text(String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
    }

    private mutating func takeSend(_ words: ArraySlice<String>, _ origin: Origin, _ note: (String, Origin) -> Void) {
        var rest = words
        while let word = rest.popFirst() {
            switch word {
            case "meth": method = rest.popFirst() ?? method
            case "uri": path = rest.popFirst() ?? path
            case "ver": _ = rest.popFirst()
            case "hdr":
                guard let name = rest.popFirst(), let value = rest.popFirst() else { return }
                if value.contains("%[") {
                    note("http-check send: the header \(name) is computed, so it is not carried", origin)
                } else {
                    headers[name] = .text(value)
                }
            case "body": body = rest.popFirst()
            case "comment": _ = rest.popFirst()
            default:
                _ = rest.popFirst()
                note("http-check send \(word) is not carried", origin)
            }
        }
    }

    /// False when it is beyond us.
    private mutating func takeExpectation(_ words: ArraySlice<String>) -> Bool {
        let isNegated = words.first == "!"
        let rest = Array(isNegated ? words.dropFirst() : words)
        guard rest.count == 2 else { return false }
        switch (rest[0], isNegated) {
        case ("status", _):
            guard let ranges = Self.ranges(rest[1]) else { return false }
            let wanted = isNegated ? Self.others(than: ranges) : ranges
            guard !wanted.isEmpty else { return false }
            expect["status"] = .list(
                wanted.map { .word($0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)") }
            )
        case ("string", false): expect[mapping: "body"]["contains"] = .text(rest[1])
        case ("string", true): expect[mapping: "body"]["not_matches"] = .text(Expression.literal(rest[1]))
        case ("rstring", false): expect[mapping: "body"]["matches"] = .text(rest[1])
        case ("rstring", true): expect[mapping: "body"]["not_matches"] = .text(rest[1])
        default: return false
        }
        return true
    }

    private static func ranges(_ text: String) -> [ClosedRange<Int>]? {
        let ranges = text.split(separator: ",").map { part -> ClosedRange<Int>? in
            let bounds = part.split(separator: "-").map { Int($0) }
            guard (1...2).contains(bounds.count), let low = bounds[0], let high = bounds.last ?? nil,
                low <= high, low >= 100, high <= 599
            else { return nil }
            return low...high
        }
        return ranges.contains(nil) ? nil : ranges.compactMap { $0 }
    }

    /// What `ranges` leave of all codes.
    private static func others(than ranges: [ClosedRange<Int>]) -> [ClosedRange<Int>] {
        var (result, next): ([ClosedRange<Int>], Int) = ([], 100)
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if next < range.lowerBound { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        return next <= 599 ? result + [next...599] : result
    }
}
