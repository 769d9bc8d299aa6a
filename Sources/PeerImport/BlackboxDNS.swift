// SPDX-License-Identifier: Apache-2.0

/// Carries the `dns` of a module over: its target is the server that is asked.
struct BlackboxDNS {
    let log: ImportLog

    func settings(_ value: PeerValue, server: String) -> Draft? {
        var settings = PeerMapping(value)
        guard let name = settings.take("query_name")?.text else {
            log.note(value.origin, "dns without query_name is not carried")
            return nil
        }
        var dns = DraftMapping()
        dns["name"] = .text(name)
        let type = settings.take("query_type")
        dns["type"] = .word(type?.text ?? "A")
        if type == nil { log.note(value.origin, "dns.query_type ANY, which is not written, becomes A") }
        dns["server"] = .text(server)
        if settings.take("transport_protocol")?.text == "tcp" { dns["transport"] = .word("tcp") }
        if let recursion = settings.take("recursion_desired"), !recursion.isTrue { dns["recursion"] = .word("false") }
        var expect = DraftMapping()
        if let codes = settings.take("valid_rcodes") {
            if codes.texts.count == 1 {
                expect["code"] = .word(codes.texts[0])
            } else {
                log.note(
                    codes.origin,
                    "dns.valid_rcodes: one code is expected, the first of \(codes.texts.joined(separator: ", "))"
                )
                if let first = codes.texts.first { expect["code"] = .word(first) }
            }
        }
        if let answer = settings.take("validate_answer_rrs") { answers(answer, into: &expect) }
        dns["expect"] = .mapping(expect)
        BlackboxFamily(log: log).ignorePreference(&settings)
        settings.reportRest("dns.")
        return .mapping(dns)
    }

    /// blackbox matches the whole record (`name ttl IN A data`), we its data: only an expression that does not look at the rest
    /// means the same.
    private func answers(_ value: PeerValue, into expect: inout DraftMapping) {
        var rules = PeerMapping(value)
        if let wanted = rules.take("fail_if_none_matches_regexp") {
            let patterns = wanted.texts.filter { $0.hasPrefix(".*") }.map { String($0.dropFirst(2)) }.filter {
                !$0.isEmpty
            }
            if patterns.count == 1, wanted.texts.count == 1 {
                var match = DraftMapping()
                match["matches"] = .text(patterns[0])
                var any = DraftMapping()
                any["any"] = .mapping(match)
                expect["answer"] = .mapping(any)
            } else {
                log.note(
                    wanted.origin,
                    "dns.validate_answer_rrs.fail_if_none_matches_regexp is not carried: a probe matches the data of a record alone"
                )
            }
        }
        rules.reportRest("dns.validate_answer_rrs.")
    }
}
