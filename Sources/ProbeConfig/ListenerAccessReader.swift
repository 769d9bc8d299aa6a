// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads who may ask a listener for what: `tls`, `token` and `admin`.
enum ListenerAccessReader {
    /// The files of TLS, or nil after a complaint.
    static func tls(_ field: Field) -> ListenerTLS? {
        if case .scalar = field.node.content {
            let found = field.isNull ? "nothing" : field.shape
            field.error(
                "expected a mapping (certificate: /path, key: /path), found \(found)",
                DiagnosticDetail(.wrongShape)
            )
            return nil
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.listenerTLS) else { return nil }
        let certificate = mapping.required("certificate", "write certificate: /path").flatMap(file)
        let key = mapping.required("key", "write key: /path, the same file where it holds both").flatMap(file)
        let authority = mapping.value("client_ca", file)
        guard let certificate, let key, mapping.field("client_ca") == nil || authority != nil else { return nil }
        return ListenerTLS(certificateFile: certificate, keyFile: key, clientAuthorityFile: authority)
    }

    /// Where the token is kept, or nil after a complaint.
    ///
    /// Never the token itself: this file is read by more people than the listener admits.
    static func token(_ field: Field) -> Secret? {
        field.secret("a reference to the token") { field in
            field.error("a token is not written here (use {file: /path}, {credential: name} or {env: NAME})")
            return nil
        }
    }

    /// Complains about settings that contradict each other.
    static func check(_ listener: ListenerSettings, _ mapping: MappingReader) {
        if case .unix = listener.address {
            mapping.field("token")?.error("a unix socket asks for no token (its file's mode says who may use it)")
            mapping.field("tls")?.error("a unix socket needs no TLS")
        }
        guard case .tcp = listener.address, !listener.address.isLocal else { return }
        let opens = mapping.field("token") != nil || mapping.field("tls") != nil && hasClientAuthority(mapping)
        if listener.isAdmin, !opens {
            mapping.field("admin")?.error("needs token or tls.client_ca on an address that others can reach")
        }
        if let token = mapping.field("token"), mapping.field("tls") == nil {
            token.sink.add(
                Diagnostic(
                    severity: .warning,
                    location: token.keyLocation,
                    keyPath: token.keyPath,
                    message: "\(token.keyPath): crosses the network in clear text (add tls)"
                )
            )
        }
    }

    private static func hasClientAuthority(_ mapping: MappingReader) -> Bool {
        guard let tls = mapping.field("tls"), case .mapping(let entries) = tls.node.content else { return false }
        return entries.contains { $0.key == "client_ca" }
    }

    private static func file(_ field: Field) -> String? {
        guard let path = field.absolutePath() else { return nil }
        field.sink.name(NamedFile(path: path, keyPath: field.keyPath, location: field.location))
        return path
    }
}
