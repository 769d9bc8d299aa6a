// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads `grpc`: `host:port`, or a mapping.
enum GRPCProbeReader {
    /// The longest name of a service, in bytes.
    static let longestService = 1_024

    /// The probe, or nil after a complaint.
    static func read(_ field: Field) -> Probe? {
        guard case .mapping = field.node.content else {
            return address(field).map { .grpc(GRPCProbe(address: $0)) }
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.grpc) else { return nil }
        let address = mapping.required("address", "write address: host:port").flatMap(address)
        let service = mapping.value("service", service)
        let authority = mapping.value("authority", authority)
        let tls = mapping.value("tls", TLSReader.choice)
        let metadata = mapping.value("metadata", GRPCMetadataReader.read)
        let mode = mapping.value("mode") { $0.choice(GRPCProbe.Mode.self) }
        let choice = AddressChoiceReader.read(mapping)
        guard let address else { return nil }
        AddressChoiceReader.check(choice, of: address, in: mapping)
        if mode == .watch, choice.policy != .first, let policy = mapping.field("policy") {
            policy.error("a stream has one address (use mode: check to probe each)")
        }
        var settings: TLSSettings?
        if case .settings(let read) = tls { settings = read }
        return .grpc(
            GRPCProbe(
                address: address,
                service: service ?? "",
                authority: authority,
                tls: settings,
                metadata: metadata?.fields ?? [],
                secretMetadata: metadata?.secrets ?? [],
                mode: mode ?? .check,
                addresses: choice
            )
        )
    }

    private static func address(_ field: Field) -> HostPort? {
        guard let text = field.filledText("host:port") else { return nil }
        do {
            return try HostPort(text)
        } catch {
            let hint = text.contains("://") ? "write host:port, and tls: true for TLS" : error.message
            field.error("\(VisibleText.quoted(text)) is not an address: \(VisibleText.make(hint))")
            return nil
        }
    }

    private static func service(_ field: Field) -> String? {
        guard let text = field.text("the name of a service") else { return nil }
        guard text.utf8.count <= longestService else {
            field.error("the name is longer than \(longestService) bytes", DiagnosticDetail(.outOfRange))
            return nil
        }
        return text
    }

    /// A host with or without a port, as it stands in `:authority`.
    private static func authority(_ field: Field) -> String? {
        guard let text = field.filledText("host or host:port") else { return nil }
        do {
            _ = try HostPort(text, defaultPort: 443)
            return text
        } catch {
            field.error("\(VisibleText.quoted(text)) is not an authority: \(VisibleText.make(error.message))")
            return nil
        }
    }
}
