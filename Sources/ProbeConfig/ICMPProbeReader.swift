// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `icmp`: a host, or a mapping.
enum ICMPProbeReader {
    /// The probe, or nil after a complaint.
    static func read(_ field: Field) -> Probe? {
        guard case .mapping = field.node.content else { return host(field).map { .icmp(ICMPProbe(host: $0)) } }
        guard let mapping = MappingReader(field, keys: ContractKeys.icmp) else { return nil }
        let host = mapping.required("address", "write address: host").flatMap(host)
        var probe = ICMPProbe(host: host ?? "")
        mapping.read("count", into: &probe.count) { $0.wholeNumber(in: Limits.echoRequests) }
        mapping.read("size", into: &probe.size) { $0.wholeNumber(in: Limits.echoSize) }
        mapping.read("maximum_loss", into: &probe.maximumLoss) { $0.rate() }
        probe.slow = mapping.value("slow") { $0.duration(in: Limits.slow) }
        if probe.maximumLoss >= 1, let field = mapping.field("maximum_loss") {
            field.error("a host that answers nothing would be healthy (use less than 100%)")
        }
        return host == nil ? nil : .icmp(probe)
    }

    /// A host without a port: ICMP has none.
    ///
    /// An IPv6 address may stand in brackets or without.
    private static func host(_ field: Field) -> String? {
        guard let text = field.filledText("a host name or address") else { return nil }
        let bracketed = text.contains(":") && !text.hasPrefix("[") && IPAddressText.bytes(of: text) != nil
        do {
            let address = try HostPort(bracketed ? "[\(text)]" : text, defaultPort: 0)
            guard address.port == 0 else {
                field.error("\(VisibleText.quoted(text)) has a port, and ICMP has none")
                return nil
            }
            return address.host
        } catch {
            field.error("\(VisibleText.quoted(text)) is not a host: \(VisibleText.make(error.message))")
            return nil
        }
    }
}
