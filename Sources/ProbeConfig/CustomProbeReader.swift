// SPDX-License-Identifier: Apache-2.0

import HealthModel
import YAMLEvents

/// Reads a probe of an added kind: its settings are handed over as written, its complaints get their place.
enum CustomProbeReader {
    /// The probe, or nil after a complaint.
    static func read(_ field: Field, kinds: any CustomKinds) -> Probe? {
        let settings = setting(field)
        do {
            let check = try kinds.check(of: field.key, settings: settings)
            return .custom(CustomProbe(kind: field.key, settings: settings, check: check))
        } catch {
            field.nearest(error.path[...]).error(VisibleText.make(error.message))
            return nil
        }
    }

    private static func setting(_ field: Field) -> CustomSetting {
        switch field.node.content {
        case .scalar(let scalar) where scalar.isNull: .none
        case .scalar(let scalar):
            .scalar(field.replacingVariables(in: scalar.text) ?? scalar.text, isQuoted: scalar.isQuoted)
        case .sequence: .list((field.items() ?? []).map(setting))
        case .mapping:
            .mapping((field.entries() ?? []).map { CustomSetting.Entry(key: $0.key, value: setting(field.child($0))) })
        }
    }
}
