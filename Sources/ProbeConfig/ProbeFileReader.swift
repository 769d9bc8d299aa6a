// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads the files of the probes directory, one after the other.
struct ProbeFileReader {
    /// What bellwether.yaml says about the agent.
    let agent: AgentSettings
    /// The `defaults` of bellwether.yaml.
    let mainDefaults: DefaultSettings
    /// What `${…}` stands for.
    let variables: TextVariables
    /// Kinds of probes that were added to the built-in ones.
    let kinds: (any CustomKinds)?
    /// Who knows time zones; nil = only UTC is known.
    let zones: (any ZoneSource)?
    /// Where complaints go.
    let sink: DiagnosticSink

    /// What was read so far.
    private(set) var probes: [ReadProbe] = []
    /// Where each name was defined first.
    private var first: [String: FileLocation] = [:]

    /// The names of all probes, of those that could not be read, too.
    var names: Set<String> { Set(first.keys) }

    init(
        agent: AgentSettings,
        mainDefaults: DefaultSettings,
        variables: TextVariables,
        kinds: (any CustomKinds)?,
        zones: (any ZoneSource)?,
        sink: DiagnosticSink
    ) {
        self.agent = agent
        self.mainDefaults = mainDefaults
        self.variables = variables
        self.kinds = kinds
        self.zones = zones
        self.sink = sink
    }

    /// Reads one file.
    mutating func read(_ source: ConfigurationSource) {
        guard case .value(let root) = DocumentReader.read(source, variables: variables, sink: sink) else { return }
        guard let mapping = MappingReader(root, keys: ContractKeys.probeFile) else { return }
        let defaults = DefaultSettings(mapping, layer: .file, zones: zones)
        guard let field = mapping.field("probes"), let entries = field.entries() else { return }
        for entry in entries { read(field.child(entry).inProbe(entry.key), name: entry.key, defaults: defaults) }
    }

    private mutating func read(_ field: Field, name: String, defaults: DefaultSettings) {
        if let earlier = first[name] {
            sink.duplicate(field.keyPath, at: field.keyLocation, first: earlier)
        } else {
            first[name] = field.keyLocation
        }
        let inherited = defaults.settings(for: name).over(mainDefaults.settings(for: name))
        let read = ProbeReader.read(field, name: name, defaults: inherited, kinds: kinds, zones: zones)
        guard let read else { return }
        if case .script = read.spec.probe, !agent.scriptsEnabled {
            sink.error(
                "script probes are turned off (scripts.enabled is false)",
                keyPath: field.keyPath,
                at: field.keyLocation,
                DiagnosticDetail(.conflict)
            )
        }
        probes.append(read)
    }
}
