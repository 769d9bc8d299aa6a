// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// What bellwether.yaml says.
struct MainFile {
    /// About the agent.
    private(set) var agent = AgentSettings()
    /// About every probe.
    private(set) var defaults = CommonSettings()

    /// Reads `source`; nil stands for a file that does not exist.
    init(_ source: ConfigurationSource?, sink: DiagnosticSink) {
        guard let source else { return }
        switch DocumentReader.read(source, sink: sink) {
        case .empty: break
        case .unreadable: defaults = .unreadable
        case .value(let root):
            guard let mapping = MappingReader(root, keys: ContractKeys.mainFile) else {
                defaults = .unreadable
                return
            }
            agent = AgentReader.read(mapping)
            defaults = CommonSettings.defaults(mapping, layer: .main)
        }
    }
}
