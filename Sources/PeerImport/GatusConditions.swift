// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What an endpoint's `conditions` ask for, taken apart.
struct GatusConditions {
    let log: ImportLog
    /// Codes of status that pass; nil: any.
    private(set) var statuses: [ClosedRange<Int>]?
    /// The answer must come within this.
    private(set) var slowest: Span?
    /// The expected code of a DNS answer.
    private(set) var code: String?
    private var expiry: (span: Span, origin: Origin, text: String)?
    /// Whole bodies, as texts.
    private var bodies: [(text: String, isPattern: Bool, origin: Origin)] = []
    private var json = DraftMapping()
    private var jsonOrigin: Origin?

    init(log: ImportLog) { self.log = log }

    /// Reads the list.
    func read(_ value: PeerValue?, name: String) -> GatusConditions {
        var conditions = self
        for item in value?.items ?? [] {
            guard let text = item.text else { continue }
            if !conditions.take(text, item.origin) {
                log.note(item.origin, "\(name): condition \(text) is not carried")
            }
        }
        return conditions
    }

    /// Writes what an HTTP answer must be; without a condition every status passes.
    mutating func writeHTTP(to http: inout DraftMapping) {
        var expect = DraftMapping()
        let ranges = statuses ?? [100...599]
        expect["status"] = .list(
            ranges.map { .word($0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)") }
        )
        let patterns = takeBodyPatterns()
        if !patterns.isEmpty { expect[mapping: "body"]["matches"] = .texts(patterns) }
        expect["json"] = .mapping(json)
        json = DraftMapping()
        http["expect"] = .mapping(expect)
    }

    /// What must be left of the certificate.
    mutating func takeExpiry() -> Span? {
        defer { expiry = nil }
        return expiry?.span
    }

    /// Expressions for the whole answer.
    mutating func takeBodyPatterns() -> [String] {
        defer { bodies = [] }
        return bodies.map { $0.isPattern ? Expression.glob($0.text) : "^\(Expression.literal($0.text))$" }
    }

    /// Whole answers that are compared as texts.
    mutating func takeBodies() -> [String] {
        defer { bodies.removeAll { !$0.isPattern } }
        return bodies.filter { !$0.isPattern }.map(\.text)
    }

    /// Notes what the kind of probe had no use for.
    func reportRest(_ log: ImportLog) {
        for body in bodies { log.note(body.origin, "a condition on [BODY] is not carried for this kind of probe") }
        if let expiry { log.note(expiry.origin, "condition \(expiry.text) is not carried for this kind of probe") }
        if !json.isEmpty, let jsonOrigin {
            log.note(jsonOrigin, "conditions on parts of [BODY] are not carried for this kind of probe")
        }
    }

    /// Takes a condition; false when it is beyond us.
    private mutating func take(_ text: String, _ origin: Origin) -> Bool {
        // The longer ones first.
        for sign in [" == ", " != ", " <= ", " >= ", " < ", " > "] {
            guard let range = text.firstRange(of: sign) else { continue }
            let left = text[..<range.lowerBound].filter { $0 != " " }
            let right = Self.trimmed(text[range.upperBound...])
            return take(String(left), sign.filter { $0 != " " }, right, text, origin)
        }
        return false
    }

    private mutating func take(
        _ left: String,
        _ sign: String,
        _ right: String,
        _ text: String,
        _ origin: Origin
    ) -> Bool {
        switch left {
        case "[STATUS]": return status(sign, right)
        case "[CONNECTED]": return sign == "==" && right == "true"
        case "[DNS_RCODE]":
            guard sign == "==" else { return false }
            code = right
            return true
        case "[RESPONSE_TIME]":
            guard sign.hasPrefix("<"), let milliseconds = Int64(right) else { return false }
            slowest = min(slowest ?? .milliseconds(milliseconds), .milliseconds(milliseconds))
            return true
        case "[CERTIFICATE_EXPIRATION]":
            guard sign.hasPrefix(">"), let span = Span(goText: right) else { return false }
            expiry = (span, origin, text)
            return true
        case "[BODY]":
            guard sign == "==" else { return false }
            if let pattern = Self.argument("pat", right) {
                bodies.append((pattern, true, origin))
            } else if Self.argument("any", right) != nil {
                return false
            } else {
                bodies.append((right, false, origin))
            }
            return true
        default: return part(left, sign, right, origin)
        }
    }

    private mutating func status(_ sign: String, _ right: String) -> Bool {
        let all = 100...599
        var ranges: [ClosedRange<Int>] = []
        if sign == "==", let list = Self.argument("any", right) {
            let codes = list.split(separator: ",").map { Int(Self.trimmed($0)) }
            guard !codes.contains(nil) else { return false }
            ranges = codes.compactMap { $0 }.map { $0...$0 }
        } else {
            guard let code = Int(right), all.contains(code) else { return false }
            switch sign {
            case "==": ranges = [code...code]
            case "!=": ranges = [(100, code - 1), (code + 1, 599)].filter { $0.0 <= $0.1 }.map { $0.0...$0.1 }
            case "<" where code > 100: ranges = [100...(code - 1)]
            case "<=": ranges = [100...code]
            case ">" where code < 599: ranges = [(code + 1)...599]
            case ">=": ranges = [code...599]
            default: return false
            }
        }
        guard let before = statuses else {
            statuses = ranges
            return true
        }
        // All conditions hold together.
        let both = before.flatMap { one in ranges.filter { $0.overlaps(one) }.map { $0.clamped(to: one) } }
        guard !both.isEmpty else { return false }
        statuses = both
        return true
    }

    /// A part of a JSON body: `[BODY].data.id`, `len([BODY].data)`, `has([BODY].errors)`.
    private mutating func part(_ left: String, _ sign: String, _ right: String, _ origin: Origin) -> Bool {
        var (path, call) = (left, "")
        for name in ["len", "has"] {
            if let inner = Self.argument(name, left) { (path, call) = (inner, name) }
        }
        guard path.hasPrefix("[BODY]") else { return false }
        path = "$" + path.dropFirst("[BODY]".count)
        let condition: String
        switch call {
        case "has":
            guard sign == "==", ["true", "false"].contains(right) else { return false }
            condition = right == "true" ? "exists" : "missing"
        case "len":
            path += ".length()"
            condition = "\(sign == "==" ? "=" : sign) \(right)"
        default:
            if let pattern = Self.argument("pat", right), sign == "==" {
                condition = "~ " + Expression.glob(pattern)
            } else if let list = Self.argument("any", right), sign == "==" {
                condition =
                    "~ ^(?:\(list.split(separator: ",").map { Expression.literal(Self.trimmed($0)) }.joined(separator: "|")))$"
            } else if sign == "==" || sign == "!=" {
                condition = "\(sign == "==" ? "=" : sign) \(right)"
            } else {
                condition = "\(sign) \(right)"
            }
        }
        guard (try? JSONPath(path)) != nil, json[path] == nil else { return false }
        json[path] = .text(condition)
        jsonOrigin = jsonOrigin ?? origin
        return true
    }

    /// What stands within `name(…)`; nil when it is something else.
    private static func argument(_ name: String, _ text: String) -> String? {
        guard text.hasPrefix(name + "("), text.hasSuffix(")") else { return nil }
        return String(text.dropFirst(name.count + 1).dropLast())
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
