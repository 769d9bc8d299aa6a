// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The records of all targets, by their places.
struct TargetRecords {
    private var places: [TargetRecord?] = []

    /// The record of a target; nil for a place that is free.
    subscript(target: TargetID) -> TargetRecord? {
        get { target.index < places.count ? places[target.index] : nil }
        set {
            while places.count <= target.index { places.append(nil) }
            places[target.index] = newValue
        }
    }

    /// The place of every target, in order.
    var targets: [TargetID] { places.indices.filter { places[$0] != nil }.map { TargetID($0) } }

    /// Every record, in the order of places; read as far as it is asked for.
    var all: some Sequence<TargetRecord> { places.lazy.compactMap(\.self) }

    /// What groups and aggregate are told about a target.
    func state(of record: TargetRecord, _ settings: AggregateSettings) -> TargetState {
        TargetState(
            name: record.spec.name,
            impact: record.spec.impact,
            groups: record.entry.map { $0.groups.map { settings.groups[$0].name } } ?? [],
            status: record.status,
            isInMaintenance: record.maintenance != nil,
            isKnownDown: record.status == .unhealthy && !record.isAged,
            roots: roots(of: record)
        )
    }
}
