// SPDX-License-Identifier: Apache-2.0

/// Carries the `http` of a module over.
struct BlackboxHTTP {
    let log: ImportLog

    func settings(_ value: PeerValue, address: String) -> Draft {
        var settings = PeerMapping(value)
        let url = TargetText.scheme(of: address) == nil ? "http://\(address)" : address
        let isSecure = url.lowercased().hasPrefix("https:")
        var http = DraftMapping()
        http["url"] = .text(url)
        if let method = settings.take("method")?.text, method != "GET" { http["method"] = .text(method) }
        if let headers = settings.take("headers") { http["headers"] = .mapping(fields(headers)) }
        http["auth"] = auth(&settings)
        if let body = settings.take("body")?.text { http["body"] = .text(body) }
        if let file = settings.take("body_file")?.text { http["body_file"] = .text(file) }
        version(&settings, isSecure: isSecure, into: &http)
        expectations(&settings, into: &http)
        let follows = follows(&settings)
        if follows { http["redirects"] = .word("10") }
        if follows, let origin = redirectOrigin(value) {
            log.note(origin, "redirects lead to the target's own host only (redirect_hosts names others)")
        }
        scheme(&settings, isSecure: isSecure, follows: follows, into: &http)
        let tls = BlackboxTLS(log: log).settings(settings.take("tls_config"))
        if isSecure || http["redirects"] != nil { http["tls"] = .mapping(tls) }
        if let proxy = settings.take("proxy_url")?.text { http["proxy"] = .text(proxy) }
        if let limit = settings.take("body_size_limit") { size(limit, into: &http) }
        if let compression = settings.take("compression")?.text, compression != "identity" {
            http["decompress"] = .word("true")
        }
        var choice = DraftMapping()
        if let family = BlackboxFamily(log: log).family(&settings) { choice["family"] = .word(family) }
        if let source = settings.take("source_ip_address")?.text { choice["source"] = .text(source) }
        http["address"] = .mapping(choice)
        settings.reportRest("http.")
        return .mapping(http)
    }

    /// Where it says that redirects are followed; nil where nothing says it, for then nobody counts on it.
    private func redirectOrigin(_ value: PeerValue) -> Origin? { value["follow_redirects"]?.origin }

    private func follows(_ settings: inout PeerMapping) -> Bool {
        let never = settings.take("no_follow_redirects")?.isTrue == true
        let follow = settings.take("follow_redirects")
        return !never && (follow?.isTrue ?? true)
    }

    private func fields(_ headers: PeerValue) -> DraftMapping {
        var fields = DraftMapping()
        for (key, value) in headers.entries { if let text = value.text { fields[key] = .text(text) } }
        return fields
    }

    private func auth(_ settings: inout PeerMapping) -> Draft? {
        if let basic = settings.take("basic_auth") {
            var mapping = DraftMapping()
            mapping["user"] = secret(basic["username"], file: basic["username_file"])
            mapping["password"] = secret(basic["password"], file: basic["password_file"])
            var auth = DraftMapping()
            auth["basic"] = .mapping(mapping)
            return .mapping(auth)
        }
        var token = secret(settings.take("bearer_token"), file: settings.take("bearer_token_file"))
        if let authorization = settings.take("authorization") {
            guard (authorization["type"]?.text ?? "Bearer").lowercased() == "bearer" else {
                log.note(authorization.origin, "http.authorization of a type other than Bearer is not carried")
                return nil
            }
            token = secret(authorization["credentials"], file: authorization["credentials_file"])
        }
        guard let token else { return nil }
        var auth = DraftMapping()
        auth["bearer"] = token
        return .mapping(auth)
    }

    private func secret(_ text: PeerValue?, file: PeerValue?) -> Draft? {
        if let path = file?.text {
            var reference = DraftMapping()
            reference["file"] = .text(path)
            return .mapping(reference)
        }
        return text?.text.map { .text($0) }
    }

    private func version(_ settings: inout PeerMapping, isSecure: Bool, into http: inout DraftMapping) {
        let http2 = settings.take("enable_http2")
        if let http2, !http2.isTrue { http["version"] = .text("1.1") }
        guard let versions = settings.take("valid_http_versions") else { return }
        switch (versions.texts, isSecure) {
        case (["HTTP/1.1"], _): http["version"] = .text("1.1")
        case (["HTTP/2"], true), (["HTTP/2.0"], true): http["version"] = .text("2")
        default:
            log.note(
                versions.origin,
                "http.valid_http_versions \(versions.texts.joined(separator: ", ")) is not carried"
            )
        }
    }

    private func expectations(_ settings: inout PeerMapping, into http: inout DraftMapping) {
        var expect = DraftMapping()
        if let codes = settings.take("valid_status_codes"), !codes.items.isEmpty {
            expect["status"] = .list(codes.texts.map { .word($0) })
            if codes.texts.contains(where: { Int($0) == nil }) {
                log.note(codes.origin, "http.valid_status_codes holds what is no code")
                expect["status"] = nil
            }
        }
        var body = DraftMapping()
        if let wanted = settings.take("fail_if_body_not_matches_regexp") { body["matches"] = .texts(wanted.texts) }
        if let refused = settings.take("fail_if_body_matches_regexp") { body["not_matches"] = .texts(refused.texts) }
        expect["body"] = .mapping(body)
        var headers = DraftMapping()
        for (key, matches) in [("fail_if_header_not_matches", true), ("fail_if_header_matches", false)] {
            for rule in settings.take(key)?.items ?? [] {
                guard let name = rule["header"]?.text, let pattern = rule["regexp"]?.text else { continue }
                if rule["allow_missing"]?.isTrue == true || headers[name] != nil {
                    log.note(
                        rule.origin,
                        "http.\(key) of \(name): allow_missing, or a second rule for a header, is not carried"
                    )
                    continue
                }
                headers[name] = .text(matches ? pattern : "^(?!.*(?:\(pattern)))")
            }
        }
        expect["headers"] = .mapping(headers)
        http["expect"] = .mapping(expect)
    }

    private func scheme(_ settings: inout PeerMapping, isSecure: Bool, follows: Bool, into http: inout DraftMapping) {
        if let must = settings.take("fail_if_not_ssl"), must.isTrue, !isSecure {
            log.note(
                must.origin,
                "http.fail_if_not_ssl of an http: URL is not carried: where redirects lead is not judged"
            )
        }
        guard let mustNot = settings.take("fail_if_ssl"), mustNot.isTrue else { return }
        if isSecure {
            log.note(mustNot.origin, "http.fail_if_ssl of an https: URL is not carried: it always fails")
        } else if follows {
            // Without redirects an http: URL stays one.
            http["redirects"] = nil
            log.note(mustNot.origin, "http.fail_if_ssl: redirects are not followed, so that the answer is without TLS")
        }
    }

    private func size(_ limit: PeerValue, into http: inout DraftMapping) {
        let units = [("GB", "GiB"), ("MB", "MiB"), ("KB", "KiB"), ("B", "B")]
        let text = limit.text ?? ""
        for (theirs, ours) in units where text.hasSuffix(theirs) {
            guard let number = Int(text.dropLast(theirs.count)), number > 0 else { continue }
            http["max_body"] = .word("\(number)\(ours)")
            return
        }
        log.note(limit.origin, "http.body_size_limit \(text) is not carried")
    }
}
