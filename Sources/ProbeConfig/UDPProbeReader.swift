// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `udp`: a mapping; there is no short form, because a datagram without an expected answer proves nothing.
enum UDPProbeReader {
    /// The largest datagram that is sent: what an IPv6 path carries in one piece (RFC 8200, section 5), less the headers.
    static let mostBytes = 1_232

    /// The probe, or nil after a complaint.
    static func read(_ field: Field) -> Probe? {
        guard case .mapping = field.node.content else {
            field.error(
                "expected a mapping (address: host:port, send: text, expect: expression): "
                    + "without an answer a datagram proves nothing",
                DiagnosticDetail(.wrongShape)
            )
            return nil
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.udp) else { return nil }
        let address = mapping.required("address", "write address: host:port").flatMap { $0.hostPort() }
        let send = mapping.required("send", "write send: text; '' is an empty datagram").flatMap(datagram)
        let expect = mapping.required(
            "expect",
            "write expect: expression; without an answer a datagram proves nothing, for a server that is gone is as silent as a healthy one"
        ).flatMap { $0.pattern() }
        guard let address, let send, let expect else { return nil }
        return .udp(UDPProbe(address: address, send: send, expect: expect))
    }

    private static func datagram(_ field: Field) -> String? {
        guard let text = field.text() else { return nil }
        guard text.utf8.count <= mostBytes else {
            field.error("\(text.utf8.count) bytes (at most \(mostBytes))", DiagnosticDetail(.tooMany))
            return nil
        }
        return text
    }
}
