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
            find(error.path[...], below: field).error(VisibleText.make(error.message))
            return nil
        }
    }

    private static func setting(_ field: Field) -> CustomSetting {
        switch field.node.content {
        case .scalar(let scalar): scalar.isNull ? .none : .scalar(scalar.text, isQuoted: scalar.isQuoted)
        case .sequence: .list((field.items() ?? []).map(setting))
        case .mapping:
            .mapping((field.entries() ?? []).map { CustomSetting.Entry(key: $0.key, value: setting(field.child($0))) })
        }
    }

    /// The value that a path leads to, or the nearest one around it.
    private static func find(_ path: ArraySlice<String>, below field: Field) -> Field {
        guard let word = path.first else { return field }
        switch field.node.content {
        case .mapping(let entries):
            guard let entry = entries.first(where: { $0.key == word }) else { return field }
            return find(path.dropFirst(), below: field.child(entry))
        case .sequence(let nodes):
            guard let index = Int(word), nodes.indices.contains(index) else { return field }
            return find(path.dropFirst(), below: field.item(index, nodes[index]))
        case .scalar: return field
        }
    }
}
