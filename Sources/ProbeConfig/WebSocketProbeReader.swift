// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `websocket`: a URL, or a mapping.
enum WebSocketProbeReader {
    /// The longest message that a probe may allow: 16 MiB.
    static let largestMessage = 16 * 1_024 * 1_024

    /// The probe, or nil after a complaint.
    static func read(_ field: Field) -> Probe? {
        switch field.node.content {
        case .mapping: readLongForm(field).map { .webSocket($0) }
        default: url(field).map { .webSocket(WebSocketProbe(url: $0)) }
        }
    }

    private static func readLongForm(_ field: Field) -> WebSocketProbe? {
        guard let mapping = MappingReader(field, keys: ContractKeys.webSocket) else { return nil }
        let target = mapping.required("url", "write url: wss://host/path").flatMap(url)
        // A stand-in keeps the other keys checked when the URL is wrong; it never leaves this function.
        guard var probe = (target ?? (try? WebSocketURL("ws://localhost/"))).map({ WebSocketProbe(url: $0) }) else {
            return nil
        }
        probe.subprotocol = mapping.value("subprotocol", subprotocol)
        if let headers = mapping.value("headers", headers) {
            (probe.headers, probe.secretHeaders) = headers
        }
        mapping.read("dialog", into: &probe.dialog, WebSocketDialogReader.read)
        mapping.read("ping", into: &probe.ping) { $0.truth() }
        mapping.read("max_message", into: &probe.maximumMessageBytes) { $0.size(in: Limits.maximumMessage) }
        mapping.read("tls", into: &probe.tls, TLSReader.settings)
        mapping.read("address", into: &probe.address, AddressChoiceReader.read)
        if let target, let address = mapping.field("address"),
            let choice = MappingReader(quietly: address, keys: ContractKeys.addressChoice)
        {
            AddressChoiceReader.check(probe.address, of: target.address, in: choice)
        }
        if let target, !target.isSecure, let tls = mapping.field("tls") {
            tls.sink.error("has no effect on a ws: URL (use wss)", keyPath: tls.keyPath, at: tls.keyLocation)
        }
        return target == nil ? nil : probe
    }

    private static func url(_ field: Field) -> WebSocketURL? {
        guard let text = field.filledText("a URL") else { return nil }
        do {
            return try WebSocketURL(text)
        } catch {
            let shown = text.contains("@") ? "the URL" : VisibleText.quoted(text)
            field.error("\(shown) cannot be probed: \(VisibleText.make(error.message))")
            return nil
        }
    }

    /// A token (RFC 6455, section 4.1).
    private static func subprotocol(_ field: Field) -> String? {
        guard let text = field.filledText("the name of a subprotocol") else { return nil }
        guard HeaderReader.isToken(text) else {
            field.error("\(VisibleText.quoted(text)) is not the name of a subprotocol")
            return nil
        }
        return text
    }

    /// Headers as of HTTP, without those that make the upgrade.
    private static func headers(_ field: Field) -> (fields: [HTTPField], secrets: [SecretField])? {
        let headers = HeaderReader.readWithSecrets(field)
        guard case .mapping(let entries) = field.node.content else { return headers }
        for entry in entries {
            let name = entry.key.lowercased()
            guard ["connection", "upgrade"].contains(name) || name.hasPrefix("sec-websocket-") else { continue }
            let hint = name == "sec-websocket-protocol" ? " (use subprotocol)" : ""
            field.sink.error(
                "\(VisibleText.quoted(entry.key)) is set by the agent\(hint)",
                keyPath: field.keyPath,
                at: field.child(entry).keyLocation
            )
        }
        return headers
    }
}
