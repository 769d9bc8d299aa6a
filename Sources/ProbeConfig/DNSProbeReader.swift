// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `dns`: a name, or a mapping.
enum DNSProbeReader {
    /// The most expected records.
    static let mostAnswers = 256

    /// The probe, or nil after a complaint.
    static func read(_ field: Field) -> Probe? {
        guard case .mapping = field.node.content else {
            return domainName(field, type: .a).map { .dns(DNSProbe(name: $0)) }
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.dns) else { return nil }
        let type: DNSRecordType? = mapping.field("type").map { $0.choice() } ?? .a
        let name = mapping.required("name", "write name: host.example").flatMap { domainName($0, type: type ?? .a) }
        var expect = DNSExpectation()
        if let field = mapping.field("expect"), let keys = MappingReader(field, keys: ContractKeys.dnsExpect) {
            read(keys, type: type, into: &expect)
        }
        let server = mapping.value("server") { $0.hostPort(defaultPort: 53) }
        let transport = mapping.value("transport") { $0.choice(DNSTransport.self) }
        let recursion = mapping.value("recursion") { $0.truth() }
        guard let name, let type else { return nil }
        return .dns(
            DNSProbe(
                name: name,
                type: type,
                server: server,
                transport: transport ?? .udp,
                recursion: recursion ?? true,
                expect: expect
            )
        )
    }

    /// A domain name; for PTR an address, too, which stands for the name that its PTR records have.
    private static func domainName(_ field: Field, type: DNSRecordType) -> DNSName? {
        guard let text = field.filledText("a domain name") else { return nil }
        if let address = IPAddressText.bytes(of: text) {
            guard type == .ptr else {
                field.error("\(VisibleText.quoted(text)) is an address; only type: PTR asks for one")
                return nil
            }
            return DNSName(reverse: address)
        }
        do {
            return try DNSName(text)
        } catch {
            field.error("\(VisibleText.quoted(text)) is not a domain name: \(error.message)")
            return nil
        }
    }

    private static func read(_ mapping: MappingReader, type: DNSRecordType?, into expect: inout DNSExpectation) {
        mapping.read("code", into: &expect.code) { $0.choice() }
        expect.minimumAnswers = mapping.value("minimum_answers") { $0.wholeNumber(in: 0...mostAnswers) }
        expect.authoritative = mapping.value("authoritative") { $0.truth() }
        guard let field = mapping.field("answer") else { return }
        if expect.code != .noError {
            field.error(
                "an answer with code \(expect.code.rawValue) has no records to compare",
                DiagnosticDetail(.invalidValue)
            )
        }
        readAnswers(field, type: type, into: &expect)
    }

    /// A record, a list of them, or a list under the word for how it is meant.
    private static func readAnswers(_ field: Field, type: DNSRecordType?, into expect: inout DNSExpectation) {
        guard case .mapping(let entries) = field.node.content, entries.first?.key != "matches" else {
            expect.answers = matches(field, type: type)
            return
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.dnsAnswers) else { return }
        let rules = DNSAnswerRule.allCases.compactMap { rule in mapping.field(rule.rawValue).map { (rule, $0) } }
        guard let (rule, list) = rules.first else {
            field.error("says nothing (write all, any or only)", DiagnosticDetail(.missingValue))
            return
        }
        if rules.count > 1 { field.error("write one of all, any and only", DiagnosticDetail(.conflict)) }
        expect.rule = rule
        expect.answers = matches(list, type: type)
    }

    private static func matches(_ field: Field, type: DNSRecordType?) -> [DNSAnswerMatch] {
        if case .mapping = field.node.content { return match(field, type: type).map { [$0] } ?? [] }
        guard let items = field.items(wrapsSingle: true) else { return [] }
        guard (1...mostAnswers).contains(items.count) else {
            field.error(
                items.isEmpty ? "names no record" : "\(items.count) records (at most \(mostAnswers))",
                DiagnosticDetail(.tooMany)
            )
            return []
        }
        return items.compactMap { match($0, type: type) }
    }

    private static func match(_ field: Field, type: DNSRecordType?) -> DNSAnswerMatch? {
        if case .mapping = field.node.content {
            guard let mapping = MappingReader(field, keys: ContractKeys.dnsMatch) else { return nil }
            return mapping.required("matches", "write {matches: expression}").flatMap { $0.pattern() }
                .map(DNSAnswerMatch.matches)
        }
        guard let text = field.filledText("a record, or {matches: expression}") else { return nil }
        let length = IPAddressText.bytes(of: text)?.count
        switch type {
        case .a where length != 4: field.error("\(VisibleText.quoted(text)) is not an IPv4 address")
        case .aaaa where length != 16: field.error("\(VisibleText.quoted(text)) is not an IPv6 address")
        default: return .exactly(text)
        }
        return nil
    }
}
