// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The targets of an agent: which place each has, its definition, and its run in flight.
struct TargetTable {
    /// One target.
    struct Row {
        var spec: ProbeSpec
        /// The number of the run in flight.
        var run: UInt64?
    }

    private var rows: [Row?] = []
    private var places: [TargetName: TargetID] = [:]
    private var free: [TargetID] = []

    /// How many targets there are.
    var count: Int { places.count }

    /// The names of all targets, in no order.
    var names: some Collection<TargetName> { places.keys }

    /// Every taken place.
    var targets: some Collection<TargetID> { places.values }

    subscript(target: TargetID) -> Row? {
        target.index < rows.count ? rows[target.index] : nil
    }

    subscript(name: TargetName) -> TargetID? { places[name] }

    /// Gives a target a place.
    mutating func insert(_ spec: ProbeSpec) -> TargetID {
        precondition(places[spec.name] == nil, "two targets are called \(spec.name)")
        let target = free.popLast() ?? TargetID(rows.count)
        if target.index == rows.count { rows.append(nil) }
        rows[target.index] = Row(spec: spec)
        places[spec.name] = target
        return target
    }

    /// Frees the place of a target.
    mutating func remove(_ target: TargetID) {
        guard let row = self[target] else { return }
        places[row.spec.name] = nil
        rows[target.index] = nil
        free.append(target)
    }

    /// Gives a target another definition.
    mutating func replace(_ target: TargetID, spec: ProbeSpec) {
        rows[target.index]?.spec = spec
    }

    /// Notes which run of a target is in flight; nil = none.
    mutating func setRun(_ number: UInt64?, of target: TargetID) {
        rows[target.index]?.run = number
    }
}
