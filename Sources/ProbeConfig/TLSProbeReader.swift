// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads the kind `tls`: `host:port`, or a mapping with the keys that `tls` has in other kinds.
enum TLSProbeReader {
    /// The probe, or nil after a complaint.
    static func read(_ field: Field) -> Probe? {
        guard case .mapping = field.node.content else {
            return field.hostPort().map { .tls(TLSProbe(address: $0)) }
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.tlsProbe) else { return nil }
        let address = mapping.required("address", "write address: host:port").flatMap { $0.hostPort() }
        let startTLS = mapping.value("starttls") { $0.choice(StartTLSProtocol.self) }
        var settings = TLSReader.settings(mapping)
        if mapping.field("expiry") == nil { settings.expiry.degraded = TLSProbe.defaultWarning }
        return address.map { .tls(TLSProbe(address: $0, startTLS: startTLS, settings: settings)) }
    }
}
