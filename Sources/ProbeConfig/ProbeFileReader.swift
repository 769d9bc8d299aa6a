// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads the files of the probes directory, one after the other.
struct ProbeFileReader {
    /// What bellwether.yaml says about the agent.
    let agent: AgentSettings
    /// The `defaults` of bellwether.yaml.
    let mainDefaults: CommonSettings
    /// Kinds of probes that were added to the built-in ones.
    let kinds: (any CustomKinds)?
    /// Where complaints go.
    let sink: DiagnosticSink

    /// What was read so far.
    private(set) var probes: [ProbeSpec] = []
    /// Where each name was defined first.
    private var first: [String: FileLocation] = [:]

    init(agent: AgentSettings, mainDefaults: CommonSettings, kinds: (any CustomKinds)?, sink: DiagnosticSink) {
        self.agent = agent
        self.mainDefaults = mainDefaults
        self.kinds = kinds
        self.sink = sink
    }

    /// Reads one file.
    mutating func read(_ source: ConfigurationSource) {
        guard case .value(let root) = DocumentReader.read(source, sink: sink) else { return }
        guard let mapping = MappingReader(root, keys: ContractKeys.probeFile) else { return }
        let defaults = CommonSettings.defaults(mapping, layer: .file).over(mainDefaults)
        guard let field = mapping.field("probes"), let entries = field.entries() else { return }
        for entry in entries { read(field.child(entry), name: entry.key, defaults: defaults) }
    }

    private mutating func read(_ field: Field, name: String, defaults: CommonSettings) {
        if let earlier = first[name] {
            sink.duplicate(field.keyPath, at: field.keyLocation, first: earlier)
        } else {
            first[name] = field.keyLocation
        }
        guard let spec = ProbeReader.read(field, name: name, defaults: defaults, kinds: kinds) else { return }
        if case .script = spec.probe, !agent.scriptsEnabled {
            sink.error(
                "script probes are turned off (scripts.enabled is false)",
                keyPath: field.keyPath,
                at: field.keyLocation
            )
        }
        if let listener = SelfProbe.listener(of: spec.probe, among: agent.listeners) {
            sink.add(
                Diagnostic(
                    severity: .warning,
                    location: field.keyLocation,
                    keyPath: field.keyPath,
                    message:
                        "\(field.keyPath): probes the agent's own status on \(listener), which depends on this probe"
                )
            )
        }
        probes.append(spec)
    }
}
