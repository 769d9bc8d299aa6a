// SPDX-License-Identifier: Apache-2.0

/// The `defaults` of a file, which hold for many probes.
struct DefaultSettings {
    private let mapping: MappingReader?
    private let layer: SettingLayer
    private let zones: (any ZoneSource)?
    /// What they say, where no text of theirs names the probe.
    private let common: CommonSettings
    private let use = VariableScope.ProbeNameUse()

    /// The defaults of `file`; without any, nothing written.
    init(_ file: MappingReader, layer: SettingLayer, zones: (any ZoneSource)?) {
        self.layer = layer
        self.zones = zones
        guard let field = file.field("defaults")?.inDefaults(use) else {
            mapping = nil
            common = CommonSettings()
            return
        }
        mapping = MappingReader(field, keys: ContractKeys.defaults)
        common = mapping.map { CommonSettings($0, layer: layer, zones: zones) } ?? .unreadable
    }

    private init(_ common: CommonSettings) {
        mapping = nil
        layer = .main
        zones = nil
        self.common = common
    }

    /// No defaults.
    static var none: DefaultSettings { DefaultSettings(CommonSettings()) }

    /// The defaults of a file that could not be read: whatever depends on them is not judged.
    static var unreadable: DefaultSettings { DefaultSettings(.unreadable) }

    /// What they say about the probe called `name`; read anew only where `${probe}` is in a text.
    func settings(for name: String) -> CommonSettings {
        guard use.isNamed, let field = mapping?.field.inProbe(name),
            let mapping = MappingReader(quietly: field, keys: ContractKeys.defaults)
        else { return common }
        return CommonSettings(mapping, layer: layer, zones: zones)
    }
}
