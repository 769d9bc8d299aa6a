// SPDX-License-Identifier: Apache-2.0

import HealthModel
import ProbeConfig

extension ReloadReport {
    /// What changes when `new` takes the place of `old`.
    init(from old: [ProbeSpec], to new: [ProbeSpec], needsRestart: Bool, warnings: [ReportedDiagnostic]) {
        let before = Dictionary(uniqueKeysWithValues: old.map { ($0.name, $0) })
        let after = Set(new.map(\.name))
        let added = new.filter { before[$0.name] == nil }
        let changed = new.filter { spec in before[spec.name].map { $0 != spec } ?? false }
        self.init(
            added: added.map(\.name).sorted(),
            changed: changed.map(\.name).sorted(),
            removed: old.map(\.name).filter { !after.contains($0) }.sorted(),
            unchanged: new.count - added.count - changed.count,
            needsRestart: needsRestart,
            warnings: warnings
        )
    }
}

extension ReportedDiagnostic {
    /// A diagnostic of the configuration.
    init(_ diagnostic: Diagnostic) {
        self.init(
            severity: diagnostic.severity.rawValue,
            file: diagnostic.location.path,
            line: diagnostic.location.line,
            column: diagnostic.location.column,
            key: diagnostic.keyPath,
            message: diagnostic.message
        )
    }
}
