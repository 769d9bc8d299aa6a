// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `http`: a URL, or a mapping.
enum HTTPProbeReader {
    /// The largest body that a probe may ask for: 16 MiB.
    static let largestBody = 16 * 1_024 * 1_024

    /// The probe, or nil after a complaint.
    static func read(_ field: Field) -> Probe? {
        switch field.node.content {
        case .mapping: readLongForm(field).map { .http($0) }
        default: url(field).map { .http(HTTPProbe(url: $0)) }
        }
    }

    private static func readLongForm(_ field: Field) -> HTTPProbe? {
        guard let mapping = MappingReader(field, keys: ContractKeys.http) else { return nil }
        let target = mapping.required("url", "write url: https://host/path").flatMap(url)
        // A stand-in keeps the other keys checked when the URL is wrong; it never leaves this function.
        guard var probe = (target ?? (try? HTTPURL("http://localhost/"))).map({ HTTPProbe(url: $0) }) else {
            return nil
        }
        mapping.read("method", into: &probe.method, method)
        mapping.read("headers", into: &probe.headers, HeaderReader.read)
        probe.body = mapping.value("body") { $0.text() }
        mapping.read("expect", into: &probe.expect, HTTPExpectationReader.read)
        probe.slow = mapping.value("slow") { $0.duration(in: .milliseconds(1) ... .days(7)) }
        mapping.read("redirects", into: &probe.redirects) { $0.wholeNumber(in: 0...10) }
        mapping.read("connection", into: &probe.connection) { $0.choice() }
        mapping.read("max_body", into: &probe.maximumBodyBytes) { $0.size(in: 1...largestBody) }
        mapping.read("tls", into: &probe.tls, tls)
        if probe.method == "HEAD", probe.expect.needsBody, let expect = mapping.field("expect") {
            expect.error("the answer to HEAD has no body (use GET)")
        }
        if !probe.url.isSecure, probe.redirects == 0, target != nil, let tls = mapping.field("tls") {
            tls.sink.error("has no effect on an http: URL without redirects", keyPath: tls.keyPath, at: tls.keyLocation)
        }
        return target == nil ? nil : probe
    }

    private static func url(_ field: Field) -> HTTPURL? {
        guard let text = field.filledText("a URL") else { return nil }
        do {
            return try HTTPURL(text)
        } catch {
            let shown = text.contains("@") ? "the URL" : VisibleText.quoted(text)
            field.error("\(shown) cannot be probed: \(VisibleText.make(error.message))")
            return nil
        }
    }

    /// A method is case-sensitive (RFC 9110 section 9.1), and every registered one is in capitals.
    private static func method(_ field: Field) -> String? {
        guard let text = field.filledText("a method") else { return nil }
        guard HeaderReader.isToken(text) else {
            field.error("\(VisibleText.quoted(text)) is not a method (use GET, HEAD, POST, …)")
            return nil
        }
        guard text.uppercased() == text else {
            field.error("\"\(text)\" is not in capitals (use \"\(text.uppercased())\")")
            return nil
        }
        guard text != "CONNECT" else {
            field.error("CONNECT asks a proxy for a tunnel and cannot be a probe")
            return nil
        }
        return text
    }

    /// The keys of `tls`, or nil after a complaint.
    static func tls(_ field: Field) -> TLSSettings? {
        guard let mapping = MappingReader(field, keys: ContractKeys.httpTLS) else { return nil }
        var settings = TLSSettings()
        settings.authorityFile = mapping.value("ca") { $0.absolutePath() }
        mapping.read("verify", into: &settings.verify) { $0.truth() }
        settings.serverName = mapping.value("server_name") { field in
            guard let text = field.filledText("a host name") else { return nil }
            guard let host = try? HostPort(text, defaultPort: 443), !text.contains(":") else {
                field.error("\(VisibleText.quoted(text)) is not a host name")
                return nil
            }
            return host.host
        }
        return settings
    }
}
