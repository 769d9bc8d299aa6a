// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads one item of `listen`.
enum ListenerReader {
    /// The longest path of a unix socket, in bytes (unix(7): 108 with the closing NUL).
    static let longestSocketPath = 107

    /// The listener, or nil after a complaint.
    static func read(_ field: Field) -> ListenerSettings? {
        guard case .mapping = field.node.content, let mapping = MappingReader(field, keys: ContractKeys.listener) else {
            field.error(
                "expected a mapping (address: host:port), found \(field.isNull ? "nothing" : field.shape)",
                DiagnosticDetail(.wrongShape)
            )
            return nil
        }
        var listener = ListenerSettings()
        let address = mapping.required("address", "write address: 0.0.0.0:9797").flatMap(address)
        mapping.read("degraded", into: &listener.degradedCode, degradedCode)
        mapping.read("detail", into: &listener.detail) { $0.choice() }
        listener.tls = mapping.value("tls", ListenerAccessReader.tls)
        mapping.read("http2", into: &listener.speaksHTTP2) { $0.truth() }
        listener.token = mapping.value("token", ListenerAccessReader.token)
        mapping.read("admin", into: &listener.isAdmin) { $0.truth() }
        guard let address else { return nil }
        listener.address = address
        ListenerAccessReader.check(listener, mapping)
        return listener
    }

    private static func address(_ field: Field) -> ListenAddress? {
        guard let text = field.filledText("host:port or unix:/path") else { return nil }
        if text == "systemd" { return .inherited(name: nil) }
        if text.hasPrefix("systemd:") { return socketName(text.dropFirst(8), field) }
        if text.hasPrefix("unix:") { return socketPath(text.dropFirst(5), field) }
        do {
            return .tcp(try HostPort(text, allowsPortZero: true))
        } catch {
            field.error("\(VisibleText.quoted(text)) is not an address: \(VisibleText.make(error.message))")
            return nil
        }
    }

    private static func socketPath(_ path: Substring, _ field: Field) -> ListenAddress? {
        guard path.hasPrefix("/"), path.utf8.count > 1 else {
            field.error("\(VisibleText.quoted(path)) is not an absolute path (use unix:/run/bellwether/status.sock)")
            return nil
        }
        guard path.utf8.count <= longestSocketPath else {
            field.error(
                "the path of the socket is longer than \(longestSocketPath) bytes",
                DiagnosticDetail(.outOfRange)
            )
            return nil
        }
        return .unix(path: String(path))
    }

    private static func socketName(_ name: Substring, _ field: Field) -> ListenAddress? {
        guard ListenAddress.isSocketName(name) else {
            field.error(
                "\(VisibleText.quoted(name)) is not the name of an inherited socket (use systemd:status)",
                DiagnosticDetail(.invalidName)
            )
            return nil
        }
        return .inherited(name: String(name))
    }

    private static func degradedCode(_ field: Field) -> Int? {
        guard let text = field.scalar(expecting: "200, 429 or 503")?.text else { return nil }
        guard let code = Int(text), [200, 429, 503].contains(code) else {
            field.error("\(VisibleText.quoted(text)) is not 200, 429 or 503")
            return nil
        }
        return code
    }
}
