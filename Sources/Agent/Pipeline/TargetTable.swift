// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The targets of an agent: which place each has, its definition, and its run in flight.
struct TargetTable {
    private var definitions: [ProbeDefinition?] = []
    /// The number of each target's run in flight.
    private var runs: [UInt64?] = []
    private var places: [TargetName: TargetID] = [:]
    private var free: [TargetID] = []

    /// The names of all targets, in no order.
    var names: some Collection<TargetName> { places.keys }

    /// Every taken place, in the order of the targets' names.
    var targetsByName: [TargetID] { places.sorted { $0.key < $1.key }.map(\.value) }

    /// The place of the target with this name.
    subscript(name: TargetName) -> TargetID? { places[name] }

    /// The definition of a target.
    func definition(of target: TargetID) -> ProbeDefinition? {
        target.index < definitions.count ? definitions[target.index] : nil
    }

    /// The number of a target's run in flight; nil = none.
    func run(of target: TargetID) -> UInt64? {
        target.index < runs.count ? runs[target.index] : nil
    }

    /// Gives a target a place.
    mutating func insert(_ definition: ProbeDefinition) -> TargetID {
        let name = definition.spec.name
        precondition(places[name] == nil, "two targets are called \(name)")
        let target = free.popLast() ?? TargetID(definitions.count)
        if target.index == definitions.count {
            definitions.append(nil)
            runs.append(nil)
        }
        definitions[target.index] = definition
        places[name] = target
        return target
    }

    /// Frees the place of a target.
    mutating func remove(_ target: TargetID) {
        guard let definition = definition(of: target) else { return }
        places[definition.spec.name] = nil
        definitions[target.index] = nil
        runs[target.index] = nil
        free.append(target)
    }

    /// Gives a target another definition.
    mutating func replace(_ target: TargetID, _ definition: ProbeDefinition) {
        definitions[target.index] = definition
    }

    /// Notes which run of a target is in flight; nil = none.
    mutating func setRun(_ number: UInt64?, of target: TargetID) {
        runs[target.index] = number
    }
}
