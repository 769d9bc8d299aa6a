// SPDX-License-Identifier: Apache-2.0

/// Carries `tls_config` over, which Prometheus' programs share.
struct BlackboxTLS {
    let log: ImportLog

    func settings(_ value: PeerValue?) -> DraftMapping {
        guard let value else { return DraftMapping() }
        var config = PeerMapping(value)
        var tls = DraftMapping()
        for (theirs, ours) in [("ca_file", "ca"), ("cert_file", "certificate"), ("key_file", "key")] {
            guard let file = config.take(theirs), let path = file.text else { continue }
            if path.hasPrefix("/") {
                tls[ours] = .text(path)
            } else {
                log.note(file.origin, "tls_config.\(theirs): \(path) is not an absolute path, so it is left out")
            }
        }
        if (tls["certificate"] == nil) != (tls["key"] == nil) {
            tls["certificate"] = nil
            tls["key"] = nil
        }
        if let name = config.take("server_name")?.text { tls["server_name"] = .text(name) }
        if config.take("insecure_skip_verify")?.isTrue == true { tls["verify"] = .word("false") }
        let versions = ["TLS10": "1.0", "TLS11": "1.1", "TLS12": "1.2", "TLS13": "1.3"]
        if let version = config.take("min_version") {
            if let known = version.text.flatMap({ versions[$0] }) {
                tls["min_version"] = .text(known)
            } else {
                log.note(version.origin, "tls_config.min_version is none of TLS10 to TLS13")
            }
        }
        config.reportRest("tls_config.")
        return tls
    }
}

/// Carries the choice between IPv4 and IPv6 over.
struct BlackboxFamily {
    let log: ImportLog

    /// The family that alone is used; nil where both are.
    func family(_ settings: inout PeerMapping) -> String? {
        let preferred = settings.take("preferred_ip_protocol")
        let fallback = settings.take("ip_protocol_fallback")
        guard let preferred else { return nil }
        // Falling back is what both sides do unless told otherwise.
        guard let fallback, !fallback.isTrue else {
            log.note(
                preferred.origin,
                "preferred_ip_protocol with fallback: both families are tried, and the first that connects wins"
            )
            return nil
        }
        return preferred.text == "ip4" ? "ipv4" : "ipv6"
    }

    /// Notes a choice that the kind does not have.
    func ignorePreference(_ settings: inout PeerMapping) {
        let preferred = settings.take("preferred_ip_protocol")
        _ = settings.take("ip_protocol_fallback")
        if let preferred {
            log.note(preferred.origin, "preferred_ip_protocol is not carried: the first address that is found is asked")
        }
    }
}
