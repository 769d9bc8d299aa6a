// SPDX-License-Identifier: Apache-2.0

import HealthModel
import LinuxRuntime
import PatternMatching

/// Judges an answer in the order: its code, its authority, the number of records, the records.
struct DNSAssessment {
    /// One expected record, prepared.
    private enum Entry {
        case exactly(String)
        case matches(Pattern)

        var shown: String {
            switch self {
            case .exactly(let text): "\"\(Excerpt.bounded(text))\""
            case .matches(let pattern): "/\(Excerpt.bounded(pattern.text))/"
            }
        }
    }

    private let expect: DNSExpectation
    private let type: DNSRecordType
    private let entries: [Entry]

    /// What an answer amounts to: nil when it is as expected.
    typealias Judgement = (verdict: Verdict, layer: Layer, failure: Failure?)

    /// - Throws: what is wrong with the first expression that is not one.
    init(_ probe: DNSProbe) throws(PatternProblem) {
        expect = probe.expect
        type = probe.type
        var entries: [Entry] = []
        for match in probe.expect.answers {
            switch match {
            case .exactly(let text): entries.append(.exactly(Self.normalised(text, as: probe.type)))
            case .matches(let text): entries.append(.matches(try Pattern(text)))
            }
        }
        self.entries = entries
    }

    /// Whether an answer with this code is what the probe waits for.
    func expects(code: Int) -> Bool { code == expect.code.number }

    /// Judges an answer with `code` and the `records` of the asked type.
    func judge(code: Int, isAuthoritative: Bool, records: [String]) -> Judgement {
        guard expects(code: code) else {
            return no(.status, "\(DNSResponseCode.text(of: code)), expected \(expect.code.rawValue)", records)
        }
        if let wanted = expect.authoritative, wanted != isAuthoritative {
            let seen = isAuthoritative ? "an authoritative answer" : "an answer that is not authoritative"
            return no(.header, "\(seen), expected \(wanted ? "an authoritative one" : "one that is not")", records)
        }
        let fewest = expect.minimumAnswers ?? (expect.code == .noError ? 1 : 0)
        guard records.count >= fewest else {
            let seen = records.isEmpty ? "no \(type.rawValue) record" : "\(records.count) \(type.rawValue) records"
            return no(.body, "\(seen) in the answer, expected at least \(fewest)", records)
        }
        return judge(records)
    }

    private func judge(_ records: [String]) -> Judgement {
        var isAnyMet = entries.isEmpty
        var unexpected = records
        for entry in entries {
            var isMet = false
            for record in records {
                switch Self.meets(record, entry) {
                case .matched:
                    isMet = true
                    unexpected.removeAll { $0 == record }
                case .notMatched: break
                case .limitExceeded:
                    let failure = Failure(.internal, "matching \(entry.shown) took too many steps")
                    return (.unknown, .l7OK, failure)
                }
            }
            if !isMet, expect.rule == .all { return no(.body, "no record is \(entry.shown)", records) }
            isAnyMet = isAnyMet || isMet
        }
        if expect.rule == .any, !isAnyMet {
            return no(.body, "no record is \(entries.map(\.shown).joined(separator: " or "))", records)
        }
        if expect.rule == .only, !entries.isEmpty, let first = unexpected.first {
            return no(.body, "the record \"\(Excerpt.bounded(first))\" is not expected", records)
        }
        return (.healthy, .l7OK, nil)
    }

    private func no(_ reason: FailureReason, _ message: String, _ records: [String]) -> Judgement {
        let excerpt = records.isEmpty ? nil : Excerpt.bounded(records.joined(separator: ", "))
        return (.unhealthy, .l7Status, Failure(reason, message, evidence: Evidence(excerpt: excerpt)))
    }

    private static func meets(_ record: String, _ entry: Entry) -> PatternMatch {
        switch entry {
        case .exactly(let text): record == text ? .matched : .notMatched
        case .matches(let pattern): pattern.matches(in: Array(record.utf8))
        }
    }

    /// The text as a record shows it.
    private static func normalised(_ text: String, as type: DNSRecordType) -> String {
        switch type {
        case .a, .aaaa: SocketAddress(numeric: text, port: 0)?.host ?? text
        case .txt, .caa: text
        case .cname, .mx, .ns, .srv, .ptr, .soa:
            text.lowercased().split(separator: " ")
                .map { $0.count > 1 && $0.hasSuffix(".") ? String($0.dropLast()) : String($0) }
                .joined(separator: " ")
        }
    }
}
