// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads what bellwether.yaml says about the agent itself.
enum AgentReader {
    /// The longest wait between SIGTERM and the end.
    static let longestDrain = Duration.seconds(3_600)
    /// The most listeners.
    static let mostListeners = 16

    /// The settings; what could not be read keeps its built-in value, after a complaint.
    static func read(_ mapping: MappingReader) -> AgentSettings {
        var settings = AgentSettings()
        if let field = mapping.field("agent") { agent(field, into: &settings) }
        mapping.read("listen", into: &settings.listeners, listeners)
        mapping.read("addresses", into: &settings.addresses, AddressRulesReader.read)
        if let field = mapping.field("agent_check") {
            settings.agentCheck = AgentCheckReader.read(field, besides: settings.listeners)
        }
        if let field = mapping.field("scripts"), let mapping = MappingReader(field, keys: ContractKeys.scripts) {
            mapping.read("enabled", into: &settings.scriptsEnabled) { $0.truth() }
            mapping.read("at_once", into: &settings.scriptsAtOnce) { $0.wholeNumber(in: Limits.scriptsAtOnce) }
        }
        if let field = mapping.field("log"), let mapping = MappingReader(field, keys: ContractKeys.log) {
            mapping.read("level", into: &settings.log.level) { $0.choice() }
            mapping.read("format", into: &settings.log.format) { $0.choice() }
        }
        return settings
    }

    private static func agent(_ field: Field, into settings: inout AgentSettings) {
        guard let mapping = MappingReader(field, keys: ContractKeys.agent) else { return }
        settings.name = mapping.value("name", name)
        mapping.read("probes", into: &settings.probesDirectory) { $0.filledText("a directory") }
        mapping.read("drain", into: &settings.drain) { $0.duration(in: Limits.drain) }
        mapping.read("max_staleness", into: &settings.maximumStaleness) { $0.wholeNumber(in: Limits.staleness) }
        mapping.read("state", into: &settings.state, state)
        mapping.read("loops", into: &settings.loops, loops)
    }

    private static func loops(_ field: Field) -> LoopSetting? {
        if field.isWord("auto") { return .automatic }
        return field.wholeNumber(in: Limits.loops, besides: "auto").map(LoopSetting.count)
    }

    private static func state(_ field: Field) -> StateLocation? {
        guard let text = field.filledText("a directory, or none") else { return nil }
        guard text != "none" else { return StateLocation.none }
        guard text.hasPrefix("/") else {
            field.error("\(VisibleText.quoted(text)) is not an absolute path (or none)")
            return nil
        }
        guard VisibleText.make(text) == text else {
            field.error("\(VisibleText.quoted(text)) contains a control character")
            return nil
        }
        return .directory(text)
    }

    private static func name(_ field: Field) -> String? {
        guard let text = field.filledText("a name") else { return nil }
        guard text.unicodeScalars.count <= 253 else {
            field.error("the name is longer than 253 characters", DiagnosticDetail(.outOfRange))
            return nil
        }
        guard VisibleText.make(text) == text else {
            field.error("\(VisibleText.quoted(text)) contains a control character")
            return nil
        }
        return text
    }

    private static func listeners(_ field: Field) -> [ListenerSettings]? {
        guard let items = field.items() else { return nil }
        guard (1...mostListeners).contains(items.count) else {
            field.error("\(items.count) listeners (1 to \(mostListeners))", DiagnosticDetail(.outOfRange))
            return nil
        }
        var first: [ListenAddress: Field] = [:]
        return items.compactMap { item in
            guard let listener = ListenerReader.read(item) else { return nil }
            if let earlier = first[listener.address], !isChosenByKernel(listener.address) {
                item.sink.error(
                    "\(listener.address) is already listened on by \(earlier.keyPath) at \(earlier.location)",
                    keyPath: item.keyPath,
                    at: item.location,
                    related: earlier.location,
                    DiagnosticDetail(.duplicate)
                )
            }
            first[listener.address] = first[listener.address] ?? item
            return listener
        }
    }

    /// Whether the same text may stand for several sockets.
    private static func isChosenByKernel(_ address: ListenAddress) -> Bool {
        switch address {
        case .tcp(let address): address.port == 0
        case .unix: false
        case .inherited(let name): name == nil
        }
    }
}
