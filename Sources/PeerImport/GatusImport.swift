// SPDX-License-Identifier: Apache-2.0

import ProbeConfig
import YAMLEvents

/// Carries Gatus' endpoints over (its README, "Configuration").
struct GatusImport {
    let log: ImportLog

    /// The probes, in the order of endpoints.
    func probes(_ source: ConfigurationSource) -> [ProbeDraft] {
        guard let root = PeerValue.documents(source, log: log).first else {
            if log.diagnostics.isEmpty { log.error(Origin(path: source.path, line: nil), "the file is empty") }
            return []
        }
        var file = PeerMapping(root)
        guard let endpoints = file.take("endpoints") ?? file.take("services") else {
            log.error(root.origin, "no endpoints: this is no configuration of Gatus")
            return []
        }
        let alerting = file.take("alerting")
        if let alerting { log.note(alerting.origin, "alerting is not carried: an agent answers, it sends nothing") }
        file.ignore(
            "web",
            "ui",
            "storage",
            "metrics",
            "debug",
            "skip-invalid-config-update",
            "disable-monitoring-lock",
            "concurrency"
        )
        file.reportRest()
        return endpoints.items.compactMap { endpoint($0, alerting) }
    }

    private func endpoint(_ value: PeerValue, _ alerting: PeerValue?) -> ProbeDraft? {
        var endpoint = PeerMapping(value)
        let name = endpoint.take("name")?.text ?? "endpoint"
        guard let url = endpoint.take("url")?.text else {
            log.error(value.origin, "endpoint \(name) has no url")
            return nil
        }
        if let enabled = endpoint.take("enabled"), !enabled.isTrue {
            log.note(enabled.origin, "\(name) is not enabled, so it is left out")
            return nil
        }
        let group = endpoint.take("group")?.text
        var draft = ProbeDraft(name: group.map { "\($0)-\(name)" } ?? name, origin: value.origin)
        let client = endpoint.take("client")
        var conditions = GatusConditions(log: log).read(endpoint.take("conditions"), name: name)
        let timeout = client?["timeout"]?.duration() ?? .seconds(10)
        guard kind(url, &endpoint, client, &conditions, name: name, into: &draft.body) else { return nil }
        conditions.reportRest(log)
        let alerts = endpoint.take("alerts")
        var pace = Pace(
            interval: endpoint.take("interval")?.duration() ?? .seconds(60),
            // A slower answer is a failure there, as one after the timeout is here.
            timeout: min(timeout, conditions.slowest ?? timeout)
        )
        thresholds(alerts, alerting, name: name, into: &pace)
        pace.write(to: &draft.body, draft.origin, log)
        if let group {
            draft.body[mapping: "tags"]["group"] = .text(group)
            log.note(value.origin, "group \(group) of \(name) becomes a tag: groups stand in bellwether.yaml")
        }
        for (key, value) in endpoint.take("extra-labels")?.entries ?? [] {
            if let text = value.text { draft.body[mapping: "tags"][key] = .text(text) }
        }
        endpoint.ignore("ui")
        endpoint.reportRest("\(name): ")
        return draft
    }

    /// The thresholds of its first alert, which are 3 and 2 unless written.
    private func thresholds(_ alerts: PeerValue?, _ alerting: PeerValue?, name: String, into pace: inout Pace) {
        guard let alerts, let first = alerts.items.first(where: { $0["enabled"].map(\.isTrue) ?? true }) else { return }
        let provider = first["type"]?.text.flatMap { alerting?[$0]?["default-alert"] }
        func number(_ key: String, _ builtIn: Int) -> Int {
            (first[key] ?? provider?[key])?.text.flatMap { Int($0) } ?? builtIn
        }
        pace.fall = number("failure-threshold", 3)
        pace.rise = number("success-threshold", 2)
        log.note(
            alerts.origin,
            "\(name): of alerts only the thresholds of the first are carried, as those of the breaker"
        )
    }

    private func kind(
        _ url: String,
        _ endpoint: inout PeerMapping,
        _ client: PeerValue?,
        _ conditions: inout GatusConditions,
        name: String,
        into body: inout DraftMapping
    ) -> Bool {
        if let query = endpoint.take("dns") {
            body["dns"] = dns(query, server: url, &conditions)
            reportClient(client, besides: [])
            return true
        }
        guard let (scheme, rest) = TargetText.scheme(of: url) else {
            log.note(endpoint.value.origin, "\(name): \(url) has no scheme, so it is left out")
            return false
        }
        let address = String(rest.prefix { $0 != "/" })
        switch scheme {
        case "http", "https":
            body["http"] = http(url, &endpoint, client, &conditions)
            return true
        case "tcp": body["tcp"] = tcp(address, &endpoint, &conditions)
        case "icmp": body["icmp"] = .text(address)
        case "ws", "wss": body["websocket"] = webSocket(url, &endpoint, client, &conditions)
        case "tls", "starttls":
            var tls = DraftMapping()
            tls["address"] = .text(address)
            if scheme == "starttls" { tls["starttls"] = .word("smtp") }
            add(GatusImport.security(client, log), to: &tls)
            if let left = conditions.takeExpiry() { tls[mapping: "expiry"]["unhealthy"] = .word(left.text) }
            body["tls"] = tls.entries.count == 1 ? .text(address) : .mapping(tls)
        default:
            log.note(endpoint.value.origin, "\(name): \(scheme):// is not carried")
            return false
        }
        reportClient(client, besides: ["insecure", "tls"])
        return true
    }

    private func http(
        _ url: String,
        _ endpoint: inout PeerMapping,
        _ client: PeerValue?,
        _ conditions: inout GatusConditions
    ) -> Draft {
        var http = DraftMapping()
        http["url"] = .text(url)
        if let method = endpoint.take("method")?.text, method != "GET" { http["method"] = .text(method) }
        http["headers"] = .mapping(headers(endpoint.take("headers")))
        if let body = endpoint.take("body")?.text { http["body"] = .text(body) }
        if let graphql = endpoint.take("graphql"), graphql.isTrue {
            log.note(graphql.origin, "graphql is not carried: write the body as the JSON that it stands for")
        }
        conditions.writeHTTP(to: &http)
        if client?["ignore-redirect"]?.isTrue != true { http["redirects"] = .word("10") }
        var tls = GatusImport.security(client, log)
        if let left = conditions.takeExpiry() { tls[mapping: "expiry"]["unhealthy"] = .word(left.text) }
        if url.lowercased().hasPrefix("https") || http["redirects"] != nil { http["tls"] = .mapping(tls) }
        if let proxy = client?["proxy-url"]?.text { http["proxy"] = .text(proxy) }
        reportClient(client, besides: ["ignore-redirect", "proxy-url", "insecure", "tls"])
        return .mapping(http)
    }

    private func tcp(_ address: String, _ endpoint: inout PeerMapping, _ conditions: inout GatusConditions) -> Draft {
        var tcp = DraftMapping()
        tcp["address"] = .text(address)
        let dialog = self.dialog(&endpoint, &conditions)
        if !dialog.isEmpty { tcp["dialog"] = .list(dialog) }
        return tcp.entries.count == 1 ? .text(address) : .mapping(tcp)
    }

    private func webSocket(
        _ url: String,
        _ endpoint: inout PeerMapping,
        _ client: PeerValue?,
        _ conditions: inout GatusConditions
    ) -> Draft {
        var socket = DraftMapping()
        socket["url"] = .text(url)
        socket["headers"] = .mapping(headers(endpoint.take("headers")))
        let dialog = self.dialog(&endpoint, &conditions)
        if !dialog.isEmpty { socket["dialog"] = .list(dialog) }
        if url.lowercased().hasPrefix("wss") { socket["tls"] = .mapping(GatusImport.security(client, log)) }
        return socket.entries.count == 1 ? .text(url) : .mapping(socket)
    }

    /// What is sent, and what the conditions say of the answer.
    private func dialog(_ endpoint: inout PeerMapping, _ conditions: inout GatusConditions) -> [Draft] {
        func step(_ key: String, _ text: String) -> Draft {
            var step = DraftMapping()
            step[key] = .text(text)
            return .mapping(step)
        }
        let send = (endpoint.take("body")?.text).map { [step("send", $0)] } ?? []
        return send + conditions.takeBodyPatterns().map { step("expect", $0) }
    }

    private func dns(_ query: PeerValue, server: String, _ conditions: inout GatusConditions) -> Draft {
        var dns = DraftMapping()
        if let name = query["query-name"]?.text { dns["name"] = .text(name) }
        dns["type"] = .word(query["query-type"]?.text?.uppercased() ?? "A")
        dns["server"] = .text(TargetText.scheme(of: server)?.rest ?? server)
        var expect = DraftMapping()
        if let code = conditions.code { expect["code"] = .word(code) }
        let answers = conditions.takeBodies()
        if !answers.isEmpty {
            var any = DraftMapping()
            any["any"] = .texts(answers)
            expect["answer"] = .mapping(any)
        }
        dns["expect"] = .mapping(expect)
        return .mapping(dns)
    }

    private func headers(_ value: PeerValue?) -> DraftMapping {
        var fields = DraftMapping()
        for (key, value) in value?.entries ?? [] { if let text = value.text { fields[key] = .text(text) } }
        return fields
    }

    /// What `client` says about TLS.
    private static func security(_ client: PeerValue?, _ log: ImportLog) -> DraftMapping {
        var tls = DraftMapping()
        if client?["insecure"]?.isTrue == true { tls["verify"] = .word("false") }
        if let files = client?["tls"] {
            if let path = files["certificate-file"]?.text { tls["certificate"] = .text(path) }
            if let path = files["private-key-file"]?.text { tls["key"] = .text(path) }
            if let renegotiation = files["renegotiation"] {
                log.note(renegotiation.origin, "client.tls.renegotiation is not carried")
            }
        }
        return tls
    }

    private func add(_ more: DraftMapping, to mapping: inout DraftMapping) {
        for entry in more.entries { mapping[entry.key] = entry.value }
    }

    private func reportClient(_ client: PeerValue?, besides carried: [String]) {
        for (key, value) in client?.entries ?? [] where key != "timeout" && !carried.contains(key) {
            log.note(value.origin, "client.\(key) is not carried")
        }
    }
}
