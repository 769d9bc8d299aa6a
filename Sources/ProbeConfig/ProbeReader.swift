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
    ///   - kinds: kinds of probes that were added to the built-in ones.
    ///   - zones: who knows the time zones of maintenance windows; nil = only UTC is known.
    /// - Returns: nil after a complaint.
    static func read(
        _ field: Field,
        name text: String,
        defaults: CommonSettings,
        kinds: (any CustomKinds)? = nil,
        zones: (any ZoneSource)? = nil
    ) -> ReadProbe? {
        let name = TargetName(text)
        if name == nil {
            field.sink.error(
                "\(VisibleText.quoted(text)) is not a probe name (1 to \(TargetName.maximumLength) of a-z 0-9 . _ -)",
                keyPath: "probes",
                at: field.keyLocation,
                DiagnosticDetail(.invalidName, seen: VisibleText.cut(text))
            )
        }
        guard case .mapping = field.node.content else {
            field.error(
                "expected a mapping (http: https://host/path), found \(field.isNull ? "nothing" : field.shape)",
                field.shapeDetail("a mapping")
            )
            return nil
        }
        guard let mapping = MappingReader(field, keys: keys(kinds)) else { return nil }
        let settings = CommonSettings(mapping, layer: .probe, zones: zones).over(defaults)
        guard let probe = kind(mapping, kinds), let name else { return nil }
        var spec = ProbeSpec(name: name, probe: probe)
        settings.apply(to: &spec)
        return ReadProbe(spec: spec, field: field, settings: settings)
    }

    /// The keys of a probe, with those of added kinds.
    private static func keys(_ kinds: (any CustomKinds)?) -> KnownKeys {
        KnownKeys(supported: ContractKeys.probe.supported + (kinds?.names ?? []))
    }

    private static func kind(_ mapping: MappingReader, _ kinds: (any CustomKinds)?) -> Probe? {
        let field = mapping.field
        let known = ContractKeys.kinds.supported + (kinds?.names ?? [])
        let written = known.compactMap { mapping.field($0) }
            .sorted { $0.keyPosition < $1.keyPosition }
        guard let first = written.first else {
            let words = known.joined(separator: ", ")
            field.keyError(
                "has no probe kind (write one of \(words))",
                DiagnosticDetail(.missingKey, allowed: words)
            )
            return nil
        }
        for second in written.dropFirst() {
            second.keyError(
                "a probe has one kind, and \(first.keyPath) is one already",
                DiagnosticDetail(.conflict),
                related: first.keyLocation
            )
        }
        // All are read, so that the mistakes in each are shown.
        let probes = written.map { read($0, kinds) }
        return probes.count == 1 ? probes.first ?? nil : nil
    }

    private static func read(_ field: Field, _ kinds: (any CustomKinds)?) -> Probe? {
        if let kinds, kinds.names.contains(field.key) { return CustomProbeReader.read(field, kinds: kinds) }
        return switch field.key {
        case "http": HTTPProbeReader.read(field)
        case "tcp": TCPProbeReader.read(field)
        case "dns": DNSProbeReader.read(field)
        case "udp": UDPProbeReader.read(field)
        case "icmp": ICMPProbeReader.read(field)
        case "process": ProcessProbeReader.read(field)
        case "tls": TLSProbeReader.read(field)
        case "websocket": WebSocketProbeReader.read(field)
        case "grpc": GRPCProbeReader.read(field)
        default: ScriptProbeReader.read(field)
        }
    }
}
