// SPDX-License-Identifier: Apache-2.0

import HealthModel

/// The targets of an agent: which place each has, its definition, and its run in flight.
struct TargetTable {
    private var specs: [ProbeSpec?] = []
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
    func spec(of target: TargetID) -> ProbeSpec? {
        target.index < specs.count ? specs[target.index] : nil
    }

    /// The number of a target's run in flight; nil = none.
    func run(of target: TargetID) -> UInt64? {
        target.index < runs.count ? runs[target.index] : nil
    }

    /// Gives a target a place.
    mutating func insert(_ spec: ProbeSpec) -> TargetID {
        precondition(places[spec.name] == nil, "two targets are called \(spec.name)")
        let target = free.popLast() ?? TargetID(specs.count)
        if target.index == specs.count {
            specs.append(nil)
            runs.append(nil)
        }
        specs[target.index] = spec
        places[spec.name] = target
        return target
    }

    /// Frees the place of a target.
    mutating func remove(_ target: TargetID) {
        guard let spec = spec(of: target) else { return }
        places[spec.name] = nil
        specs[target.index] = nil
        runs[target.index] = nil
        free.append(target)
    }

    /// Gives a target another definition.
    mutating func replace(_ target: TargetID, spec: ProbeSpec) {
        specs[target.index] = spec
    }

    /// Notes which run of a target is in flight; nil = none.
    mutating func setRun(_ number: UInt64?, of target: TargetID) {
        runs[target.index] = number
    }
}
