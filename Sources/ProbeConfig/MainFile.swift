// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What bellwether.yaml says.
struct MainFile {
    /// About the agent.
    private(set) var agent = AgentSettings()
    /// About every probe.
    private(set) var defaults = DefaultSettings.none
    /// About groups and aggregate.
    private(set) var aggregate = AggregateFields()

    /// Reads `source`; nil stands for a file that does not exist.
    init(
        _ source: ConfigurationSource?,
        variables: TextVariables,
        zones: (any ZoneSource)? = nil,
        sink: DiagnosticSink
    ) {
        guard let source else { return }
        switch DocumentReader.read(source, variables: variables, sink: sink) {
        case .empty: break
        case .unreadable: setUnreadable()
        case .value(let root):
            guard let mapping = MappingReader(root, keys: ContractKeys.mainFile) else {
                setUnreadable()
                return
            }
            agent = AgentReader.read(mapping)
            aggregate = AggregateReader.read(mapping)
            agent.aggregate = aggregate.settings
            defaults = DefaultSettings(mapping, layer: .main, zones: zones)
        }
    }

    private mutating func setUnreadable() {
        defaults = .unreadable
        aggregate.isComplete = false
    }
}
