// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `tcp`: `host:port`, or a mapping.
enum TCPProbeReader {
    /// The probe, or nil after a complaint.
    static func read(_ field: Field) -> Probe? {
        let address: HostPort?
        switch field.node.content {
        case .mapping:
            guard let mapping = MappingReader(field, keys: ContractKeys.tcp) else { return nil }
            address = mapping.required("address", "write address: host:port").flatMap(hostPort)
        default:
            address = hostPort(field)
        }
        return address.map { .tcp(TCPProbe(address: $0)) }
    }

    private static func hostPort(_ field: Field) -> HostPort? {
        guard let text = field.filledText("host:port") else { return nil }
        do {
            return try HostPort(text)
        } catch {
            field.error("\(VisibleText.quoted(text)) is not an address: \(VisibleText.make(error.message))")
            return nil
        }
    }
}
