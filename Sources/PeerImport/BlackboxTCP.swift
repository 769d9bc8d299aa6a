// SPDX-License-Identifier: Apache-2.0

/// Carries the `tcp` of a module over.
struct BlackboxTCP {
    let log: ImportLog

    func settings(_ value: PeerValue, address: String) -> Draft {
        var settings = PeerMapping(value)
        var tcp = DraftMapping()
        tcp["address"] = .text(address)
        let security = BlackboxTLS(log: log).settings(settings.take("tls_config"))
        let isSecure = settings.take("tls")?.isTrue == true
        if isSecure { tcp["tls"] = security.isEmpty ? .word("true") : .mapping(security) }
        if let steps = settings.take("query_response")?.items {
            dialog(steps, security: isSecure ? nil : security, into: &tcp)
        }
        if let family = BlackboxFamily(log: log).family(&settings) { tcp["family"] = .word(family) }
        if let source = settings.take("source_ip_address")?.text { tcp["source"] = .text(source) }
        settings.reportRest("tcp.")
        return tcp.entries.count == 1 ? .text(address) : .mapping(tcp)
    }

    /// The dialog; what comes before a `starttls` becomes the word for its protocol.
    private func dialog(_ steps: [PeerValue], security: DraftMapping?, into tcp: inout DraftMapping) {
        var drafts: [Draft] = []
        for (index, value) in steps.enumerated() {
            var step = PeerMapping(value)
            if let expect = step.take("expect")?.text { drafts.append(Self.step("expect", "(?m)" + expect)) }
            if let send = step.take("send")?.text { drafts.append(Self.step("send", send + "\n")) }
            if let start = step.take("starttls"), start.isTrue {
                guard let protocolName = startTLS(Array(steps.prefix(index))) else {
                    log.note(
                        start.origin,
                        "tcp.query_response: starttls of an unknown protocol is not carried, nor what follows"
                    )
                    break
                }
                tcp["starttls"] = .word(protocolName)
                if let security { tcp["tls"] = .mapping(security) }
                drafts = []
            }
            step.reportRest("tcp.query_response[\(index)].")
        }
        if !drafts.isEmpty { tcp["dialog"] = .list(drafts) }
    }

    /// The protocol whose words came before.
    private func startTLS(_ steps: [PeerValue]) -> String? {
        for text in steps.compactMap({ $0["send"]?.text?.uppercased() }) {
            if text.hasPrefix("EHLO") || text == "STARTTLS" { return "smtp" }
            if text.hasPrefix("STLS") { return "pop3" }
            if text.hasSuffix(" STARTTLS") { return "imap" }
        }
        return nil
    }

    private static func step(_ key: String, _ text: String) -> Draft {
        var step = DraftMapping()
        step[key] = .text(text)
        return .mapping(step)
    }
}
