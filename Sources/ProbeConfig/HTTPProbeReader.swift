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
        if let headers = mapping.value("headers", HeaderReader.readWithSecrets) {
            (probe.headers, probe.secretHeaders) = headers
        }
        probe.credentials = mapping.value("auth", CredentialsReader.read)
        probe.body = mapping.value("body") { $0.text() }
        probe.bodyFile = mapping.value("body_file", bodyFile)
        mapping.read("version", into: &probe.version) { $0.choice() }
        mapping.read("expect", into: &probe.expect, HTTPExpectationReader.read)
        probe.slow = mapping.value("slow") { $0.duration(in: Limits.slow) }
        mapping.read("redirects", into: &probe.redirects) { $0.wholeNumber(in: Limits.redirects) }
        mapping.read("connection", into: &probe.connection) { $0.choice() }
        mapping.read("max_body", into: &probe.maximumBodyBytes) { $0.size(in: Limits.maximumBody) }
        mapping.read("decompress", into: &probe.decompresses) { $0.truth() }
        mapping.read("tls", into: &probe.tls, TLSReader.settings)
        HTTPWayReader.read(mapping, into: &probe, isStandIn: target == nil)
        if probe.method == "HEAD", probe.expect.needsBody, let expect = mapping.field("expect") {
            expect.error("the answer to HEAD has no body (use GET)")
        }
        if !probe.url.isSecure, probe.redirects == 0, target != nil, let tls = mapping.field("tls") {
            tls.sink.error("has no effect on an http: URL without redirects", keyPath: tls.keyPath, at: tls.keyLocation)
        }
        refuseContradictions(mapping)
        return target == nil ? nil : probe
    }

    /// Complains about keys that cannot stand together.
    private static func refuseContradictions(_ mapping: MappingReader) {
        if mapping.field("body") != nil, let file = mapping.field("body_file") {
            file.sink.error("cannot stand beside body", keyPath: file.keyPath, at: file.keyLocation)
        }
        if mapping.field("auth") != nil, let headers = mapping.field("headers") {
            guard case .mapping(let entries) = headers.node.content else { return }
            for entry in entries where entry.key.lowercased() == "authorization" {
                let field = headers.child(entry)
                field.sink.error("cannot stand beside auth", keyPath: field.keyPath, at: field.keyLocation)
            }
        }
    }

    private static func bodyFile(_ field: Field) -> String? {
        guard let path = field.absolutePath() else { return nil }
        field.sink.name(NamedFile(path: path, keyPath: field.keyPath, location: field.location))
        return path
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
}
