// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads one entry of `probes`.
enum ProbeReader {
    /// The probe with everything merged and checked.
    ///
    /// - Parameters:
    ///   - field: the entry's value.
    ///   - text: the entry's key.
    ///   - defaults: what holds where the probe says nothing, already merged from both `defaults`.
    /// - Returns: nil after a complaint.
    static func read(_ field: Field, name text: String, defaults: CommonSettings) -> ProbeSpec? {
        let name = TargetName(text)
        if name == nil {
            field.sink.error(
                "\(VisibleText.quoted(text)) is not a probe name (1 to \(TargetName.maximumLength) of a-z 0-9 . _ -)",
                keyPath: "probes",
                at: field.keyLocation
            )
        }
        guard case .mapping = field.node.content else {
            field.error("expected a mapping (http: https://host/path), found \(field.isNull ? "nothing" : field.shape)")
            return nil
        }
        guard let mapping = MappingReader(field, keys: ContractKeys.probe) else { return nil }
        let settings = CommonSettings(mapping, layer: .probe).over(defaults)
        guard let probe = kind(mapping), let name else { return nil }
        var spec = ProbeSpec(name: name, probe: probe)
        settings.apply(to: &spec)
        return spec
    }

    private static func kind(_ mapping: MappingReader) -> Probe? {
        let field = mapping.field
        let written = ContractKeys.kinds.supported.compactMap { mapping.field($0) }
            .sorted { $0.keyPosition < $1.keyPosition }
        guard let first = written.first else {
            if !hasLaterKind(field) {
                field.sink.error(
                    "has no probe kind (write http, tcp, grpc or script)",
                    keyPath: field.keyPath,
                    at: field.keyLocation
                )
            }
            return nil
        }
        for second in written.dropFirst() {
            second.sink.error(
                "a probe has one kind, and \(first.keyPath) is one already",
                keyPath: second.keyPath,
                at: second.keyLocation,
                related: first.keyLocation
            )
        }
        // All are read, so that the mistakes in each are shown.
        let probes = written.map(read)
        return probes.count == 1 ? probes.first ?? nil : nil
    }

    private static func read(_ field: Field) -> Probe? {
        switch field.key {
        case "http": HTTPProbeReader.read(field)
        case "tcp": TCPProbeReader.read(field)
        case "grpc": GRPCProbeReader.read(field)
        default: ScriptProbeReader.read(field)
        }
    }

    private static func hasLaterKind(_ field: Field) -> Bool {
        guard case .mapping(let entries) = field.node.content else { return false }
        return entries.contains { ContractKeys.kinds.later.contains($0.key) }
    }
}
