// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `tcp`: `host:port`, or a mapping.
enum TCPProbeReader {
    /// The probe, or nil after a complaint.
    static func read(_ field: Field) -> Probe? {
        guard case .mapping = field.node.content else {
            return field.hostPort().map { .tcp(TCPProbe(address: $0)) }
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.tcp) else { return nil }
        let address = mapping.required("address", "write address: host:port").flatMap { $0.hostPort() }
        let security = security(mapping)
        let dialog = mapping.value("dialog", DialogReader.read)
        let choice = AddressChoiceReader.read(mapping)
        guard let address else { return nil }
        AddressChoiceReader.check(choice, of: address, in: mapping)
        return .tcp(TCPProbe(address: address, security: security, dialog: dialog ?? [], addresses: choice))
    }

    private static func security(_ mapping: MappingReader) -> TCPSecurity {
        let tls = mapping.value("tls", TLSReader.choice)
        let startTLS = mapping.value("starttls") { $0.choice(StartTLSProtocol.self) }
        guard let startTLS else {
            guard case .settings(let settings) = tls else { return .none }
            return .tls(settings)
        }
        guard case .settings(let settings) = tls else { return .startTLS(startTLS, TLSSettings()) }
        if let tls = mapping.field("tls"), case .scalar = tls.node.content {
            tls.error("TLS from the first byte leaves nothing to start: remove tls: true or starttls")
        }
        return .startTLS(startTLS, settings)
    }
}
