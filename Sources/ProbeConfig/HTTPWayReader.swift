// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads on which way an HTTP request goes: redirects to other hosts, a proxy, a Unix socket, chosen addresses.
enum HTTPWayReader {
    /// The most hosts that a redirect may lead to.
    static let mostHosts = 16
    /// The longest path of a Unix socket, in bytes (unix(7)).
    static let longestSocketPath = 107

    /// Reads into `probe`, whose URL is known unless `isStandIn`.
    static func read(_ mapping: MappingReader, into probe: inout HTTPProbe, isStandIn: Bool) {
        mapping.read("redirect_hosts", into: &probe.redirectHosts, hosts)
        probe.proxy = mapping.value("proxy", proxy)
        probe.unixSocket = mapping.value("unix_socket", unixSocket)
        mapping.read("address", into: &probe.address, AddressChoiceReader.read)
        if probe.redirects == 0, let hosts = mapping.field("redirect_hosts") {
            refuse(hosts, "has no effect without redirects")
        }
        guard !isStandIn else { return }
        refuseContradictions(mapping, probe)
    }

    private static func refuseContradictions(_ mapping: MappingReader, _ probe: HTTPProbe) {
        if mapping.field("unix_socket") != nil {
            for key in ["proxy", "address"] {
                if let field = mapping.field(key) { refuse(field, "cannot stand beside unix_socket") }
            }
            return
        }
        if let proxy = mapping.field("proxy"), !probe.url.isSecure, probe.version.requiresHTTP2 {
            refuse(proxy, "speaks HTTP/1.1 with the agent: version \(probe.version.rawValue) needs an https: URL")
        }
        guard let address = mapping.field("address"), case .mapping(let entries) = address.node.content else { return }
        if mapping.field("proxy") != nil {
            for entry in entries where ["resolve", "policy"].contains(entry.key) {
                let field = address.child(entry)
                refuse(field, "has no effect: the proxy looks the host up")
            }
        } else if let choice = MappingReader(quietly: address, keys: ContractKeys.addressChoice) {
            AddressChoiceReader.check(probe.address, of: probe.url.address, in: choice)
        }
    }

    private static func refuse(_ field: Field, _ message: String) {
        field.sink.error(message, keyPath: field.keyPath, at: field.keyLocation)
    }

    private static func hosts(_ field: Field) -> [String]? {
        guard let items = field.items(wrapsSingle: true) else { return nil }
        guard items.count <= mostHosts else {
            field.error("\(items.count) hosts (at most \(mostHosts))", DiagnosticDetail(.tooMany))
            return nil
        }
        return items.compactMap { item -> String? in
            guard let text = item.filledText("a host") else { return nil }
            let bare = text.contains(":") && !text.hasPrefix("[") && IPAddress(text) != nil ? "[\(text)]" : text
            guard let host = try? HostPort(bare, defaultPort: 1), host.port == 1, !bare.hasSuffix(":1") else {
                item.error("\(VisibleText.quoted(text)) is not a host (a name or an address, without scheme and port)")
                return nil
            }
            return host.host
        }
    }

    /// `http://host:port`; a text with user information is not shown.
    private static func proxy(_ field: Field) -> HostPort? {
        guard let text = field.filledText("http://host:port") else { return nil }
        guard !text.contains("@") else {
            field.error("a proxy that asks for a user is not supported")
            return nil
        }
        guard let schemeEnd = text.firstRange(of: "://"), text[..<schemeEnd.lowerBound].lowercased() == "http" else {
            field.error("\(VisibleText.quoted(text)) is not a proxy (use http://host:port)")
            return nil
        }
        let rest = text[schemeEnd.upperBound...]
        do {
            return try HostPort(rest.hasSuffix("/") ? rest.dropLast() : rest)
        } catch {
            field.error("\(VisibleText.quoted(text)) is not a proxy: \(VisibleText.make(error.message))")
            return nil
        }
    }

    private static func unixSocket(_ field: Field) -> String? {
        guard let path = field.absolutePath() else { return nil }
        guard path.utf8.count <= longestSocketPath else {
            field.error(
                "the path is longer than \(longestSocketPath) bytes, which no Unix socket's may be",
                DiagnosticDetail(.outOfRange)
            )
            return nil
        }
        return path
    }
}
